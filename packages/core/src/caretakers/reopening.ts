import type { RestartPolicy } from '@stateward/actor'
import type { ErrorCode } from '@stateward/contract'
import type { Terms } from '../lifecycle/terms.ts'
import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { Duty } from './caretaker.ts'

/** How often, and how soon, a store reopens its log by itself after the storage has failed. */
export interface ReopeningOptions {
  /** Reopenings within `withinMs`; after one failure more the store waits for `state.reopen()`. 1 … 1 000, default 5. */
  readonly atMost?: number
  /** 1 … 2 147 483 647, default 10 minutes. */
  readonly withinMs?: number
  /** Before the first reopening within that time; twice as long before each further one, and up to a half less, by chance. 1 …, default 1 000. */
  readonly backoffMs?: number
  /** No pause is longer. 1 …, default one minute. */
  readonly maxBackoffMs?: number
}

const defaults: Required<ReopeningOptions> = { atMost: 5, withinMs: 600_000, backoffMs: 1_000, maxBackoffMs: 60_000 }
const names = ['atMost', 'withinMs', 'backoffMs', 'maxBackoffMs'] as const
const longestMs = 2_147_483_647
const most = { atMost: 1_000, withinMs: longestMs, backoffMs: longestMs, maxBackoffMs: longestMs }

/** The options with their defaults; `undefined` where only `state.reopen()` reopens. `INVALID` for one out of its bounds. */
export function checkedReopening(given: ReopeningOptions | 'manual' = {}): RestartPolicy | undefined {
  if (given === 'manual') return undefined
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected reopening to be an object or 'manual', found ${describe(given)}`)
  checkKeys(given, new Set(names), 'reopening')
  const settings = { ...defaults, ...given }
  for (const name of names) {
    const value: unknown = settings[name]
    if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > most[name])
      throw invalid(`expected reopening.${name} to be a whole number from 1 to ${most[name]}, found ${describe(value)}`)
  }
  return { ...settings, jitter: 0.5 }
}

/**
 * After these a log may be well again when it is recovered. Not after `FENCED` or `LOCKED`, or two writers would take it from
 * each other in turns; nor after `CORRUPT` and the like, which a person has to look at.
 */
const transient: ReadonlySet<ErrorCode> = new Set(['STORAGE_FAILED', 'UNKNOWN', 'FULL'])

export function mayReopen({ code }: { readonly code: ErrorCode }): boolean {
  return transient.has(code)
}

/** Crashes with the writer of the present term; beginning again is recovering the log, wholly. */
export function reopeningDuty(terms: Terms): Duty {
  return {
    async begin(isAgain) {
      const { failure } = terms.current.pump
      if (isAgain) await terms.reopen()
      else if (failure !== undefined) throw failure
    },
    end: () => undefined,
    isWell: () => terms.current.pump.failure === undefined,
  }
}
