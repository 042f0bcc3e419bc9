import type { ShutdownReport } from '@stateward/actor'
import { limits } from '@stateward/contract'
import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** How long each phase of a shutdown may take, in milliseconds; 0 … 2 147 483 647, default `limits.closeTimeoutMs`. */
export interface ShutdownOptions {
  /** For what was taken in before. What is left then hears `CLOSED`, or `UNKNOWN` where it is on its way to the disk. */
  readonly drainMs?: number
  /** For what was acknowledged at a level below the safest to become so. */
  readonly flushMs?: number
  /** For what makes the next opening faster; what is not ready then is left out. */
  readonly checkpointMs?: number
  /** For the log to be closed and its lock given back. */
  readonly closeMs?: number
}

/** How a shutdown went: the phases `intake`, `drain`, `flush`, `checkpoint`, `close`. */
export interface StateShutdownReport extends ShutdownReport {
  /** Writes that had been taken in and have heard `CLOSED` (not written) or `UNKNOWN` instead of an answer. `clean` is false if there are any. */
  readonly unanswered: number
}

const names = ['drainMs', 'flushMs', 'checkpointMs', 'closeMs'] as const
const longestMs = 2_147_483_647

/** The options with their defaults. `INVALID` for one out of its bounds. */
export function checkedShutdown(given: ShutdownOptions): Required<ShutdownOptions> {
  checkKeys(given, new Set(names), 'the options of shutdown')
  const { closeTimeoutMs: most } = limits
  const settings = { drainMs: most, flushMs: most, checkpointMs: most, closeMs: most, ...given }
  for (const name of names) {
    const value: unknown = settings[name]
    if (typeof value !== 'number' || !(value >= 0 && value <= longestMs))
      throw invalid(`expected ${name} from 0 to ${longestMs}, found ${describe(value)}`)
  }
  return settings
}
