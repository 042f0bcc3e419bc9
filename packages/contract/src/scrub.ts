import type { Damage } from './damage.ts'
import type { StatewardError } from './error.ts'
import type { JsonObject } from './json.ts'

/** Where a scrub goes on: plain data that says something to the storage that gave it, and to nobody else. */
export type ScrubPlace = JsonObject

export interface ScrubOptions {
  /** Ends the scrub as soon as it can be ended: `ABORTED`. */
  readonly signal?: AbortSignal
  /** Goes on where a former scrub was, of this writer or an earlier one; where that place is gone, anywhere. */
  readonly from?: ScrubPlace
}

/** What one portion of a scrub has found: a few milliseconds of work. Between two of them nothing is held open. */
export interface ScrubPortion {
  readonly file: string
  /** Bytes that were looked at. */
  readonly bytes: number
  /** Places of this portion that do not read as they were written. */
  readonly damage: readonly Damage[]
  /** Whether nothing of this file comes behind this portion. */
  readonly ends: boolean
  /** Why the rest of the file could not be read now: `STORAGE_FAILED`, and no word about what stands in it. */
  readonly unread?: StatewardError
  /** Where to go on behind this portion. */
  readonly next: ScrubPlace
}
