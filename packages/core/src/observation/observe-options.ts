import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** Of so many messages, one is looked at; 1 is each. */
export interface Every {
  readonly reads?: number
  readonly writes?: number
}

/** What a store watches of itself. */
export interface ObserveOptions {
  /** What the store is called in traces, events and log lines; default: the storage's kind. 1 to 100 characters, and no secret. */
  readonly name?: string
  /**
   * How many messages are measured for `stats().messages`, after the first 64 of each kind, which all are; default: one of 64
   * that read, one of 8 that write. A measured one costs two looks at the clock. `false`: none is measured or counted.
   */
  readonly latencies?: Every | false
  /** How many messages are told on the channel `stateward.message` while somebody listens there; default: each. */
  readonly traces?: Every
  /** From how many milliseconds on a query is told as `slowQuery`; default: none is, and none is timed for it. */
  readonly slowQueryMs?: number
  /** Whether `stats().eventLoop` says how late the event loop is, by a timer of 20 ms; default: no. */
  readonly eventLoop?: boolean
}

export interface ObserveSettings {
  readonly name: string
  readonly latencies: Required<Every> | undefined
  readonly traces: Required<Every>
  readonly slowQueryMs: number | undefined
  readonly eventLoop: boolean
}

const keys = new Set(['name', 'latencies', 'traces', 'slowQueryMs', 'eventLoop'])
const everyKeys = new Set(['reads', 'writes'])
const nameChars = 100
const mostEvery = 1_000_000

/** The options with their defaults filled in; `false`: nothing is measured. `INVALID`. */
export function checkedObserve(options: ObserveOptions | false = {}, kind = 'store'): ObserveSettings {
  if (options === false) return checkedObserve({ latencies: false }, kind)
  checkKeys(options, keys, 'observe')
  const { name = kind, latencies = {}, traces = {}, slowQueryMs, eventLoop = false } = options
  if (typeof name !== 'string' || name === '' || name.length > nameChars)
    throw invalid(`expected observe.name to be a text of 1 to ${nameChars} characters, found ${describe(name)}`)
  if (slowQueryMs !== undefined && !(typeof slowQueryMs === 'number' && slowQueryMs >= 0))
    throw invalid(`expected observe.slowQueryMs to be a number from 0 on, found ${describe(slowQueryMs)}`)
  if (typeof eventLoop !== 'boolean')
    throw invalid(`expected observe.eventLoop to be true or false, found ${describe(eventLoop)}`)
  return {
    name,
    latencies: latencies === false ? undefined : checkedEvery('latencies', latencies, { reads: 64, writes: 8 }),
    traces: checkedEvery('traces', traces, { reads: 1, writes: 1 }),
    slowQueryMs,
    eventLoop,
  }
}

function checkedEvery(option: string, given: Every, usual: Required<Every>): Required<Every> {
  checkKeys(given, everyKeys, `observe.${option}`)
  const { reads = usual.reads, writes = usual.writes } = given
  for (const [key, value] of Object.entries({ reads, writes })) {
    if (Number.isInteger(value) && value >= 1 && value <= mostEvery) continue
    const expected = `expected observe.${option}.${key} to be a whole number from 1 to ${mostEvery}`
    throw invalid(`${expected}, found ${describe(value)}`)
  }
  return { reads, writes }
}
