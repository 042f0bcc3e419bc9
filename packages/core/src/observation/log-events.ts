import type { Notify, StoreEvent } from '@stateward/contract'
import type { Logger } from './logger.ts'

interface Line {
  readonly level: keyof Logger
  readonly message: string
  /** The facts of the event that may stand in a log: numbers, codes, and names that the domain or the store defines. */
  readonly facts: readonly string[]
}

/**
 * What may be logged of each event is named here, so that one that gains a fact does not tell it to every log by itself.
 * Texts of errors are left out: many of them say what was found.
 */
const lines: { readonly [K in Exclude<StoreEvent['kind'], Various['kind']>]: Line } = {
  full: { level: 'warn', message: 'no room: writes are refused until there is', facts: [] },
  resumed: { level: 'info', message: 'room is back: writes are taken again', facts: [] },
  stopped: { level: 'error', message: 'writing has stopped; reads go on', facts: ['code'] },
  clockBack: { level: 'warn', message: 'the clock stepped back', facts: ['backMs'] },
  cacheIgnored: { level: 'info', message: 'a cache did not fit the log and was left aside', facts: ['cache'] },
  slowQuery: { level: 'warn', message: 'a query took long', facts: ['message', 'type', 'ms', 'rows', 'plan'] },
  memory: {
    level: 'warn',
    message: 'what cannot be dropped takes more memory than it may',
    facts: ['phase', 'bytes', 'maxBytes'],
  },
  indexCheck: {
    level: 'debug',
    message: 'the indexes were compared with the records',
    facts: ['records', 'damaged'],
  },
  hook: { level: 'error', message: 'a hook has thrown', facts: ['hook', 'seq', 'code'] },
}

/** Those that mean one thing or another. */
type Various = Extract<StoreEvent, { kind: 'reopened' | 'snapshot' | 'compaction' | 'scrub' | 'caretaker' | 'index' }>

/** Writes what a store tells to a log; `store` stands in every line. */
export function logEvents(logger: Logger, store: string): Notify<StoreEvent> {
  return (event) => {
    const { level, message, facts } = lineOf(event)
    const told: Record<string, unknown> = { store, event: event.kind }
    for (const fact of facts) {
      const value: unknown = Reflect.get(event, fact)
      if (value !== undefined) told[fact === 'message' ? 'asked' : fact] = value
    }
    logger[level](told, message)
  }
}

function lineOf(event: StoreEvent): Line {
  switch (event.kind) {
    case 'reopened': {
      const isLossy = event.lost !== undefined
      const message = `the log was opened again${isLossy ? ', and commits are lost' : ''}`
      return { level: isLossy ? 'error' : 'info', message, facts: ['lastSeq', 'lost'] }
    }
    case 'snapshot':
      return { level: 'warn', message: `a snapshot: ${event.phase}`, facts: ['phase', 'seq', 'ageMs', 'changed'] }
    case 'compaction':
      return {
        level: event.phase === 'failed' ? 'error' : event.phase === 'progress' ? 'debug' : 'info',
        message: `compaction: ${event.phase}`,
        facts: ['phase', 'cause', 'upTo', 'written', 'rows', 'bytesBefore', 'bytesAfter', 'code'],
      }
    case 'scrub':
      return {
        level: event.phase === 'damaged' ? 'error' : event.phase === 'failed' ? 'warn' : 'debug',
        message: `scrub: ${event.phase}`,
        facts: ['phase', 'files', 'bytes', 'damaged', 'code'],
      }
    case 'caretaker':
      return {
        level: event.phase === 'stopped' ? 'error' : event.phase === 'restarting' ? 'warn' : 'info',
        message: `${event.caretaker}: ${event.phase}`,
        facts: ['caretaker', 'phase', 'nth', 'pauseMs', 'code'],
      }
    case 'index':
      return {
        level:
          event.phase === 'damaged' || event.phase === 'failed' ? 'error' : event.phase === 'dropped' ? 'warn' : 'info',
        message: `an index: ${event.phase}`,
        facts: ['phase', 'type', 'index', 'entries', 'bytes'],
      }
    default:
      return lines[event.kind]
  }
}
