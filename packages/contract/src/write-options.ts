import type { Durability } from './durability.ts'

/** What every write may carry. */
export interface WriteOptions {
  /** May only raise the store's level; less is `UNSUPPORTED`. */
  readonly durability?: Durability
  /** Who writes; kept in the log. */
  readonly actor?: string
  /** Unique per intended write: a second write with the same one answers as the first did and changes nothing. */
  readonly txid?: string
}

export interface GuardOptions {
  /** Skips guards, never the table of transitions; needs `reason`, which is kept in the log. */
  readonly force?: boolean
  readonly reason?: string
  /** Satisfies guards and references by further writes in the same commit. */
  readonly cascade?: boolean
}

export interface ExpectOptions {
  /** The version the caller has seen; another one is `CONFLICT` with `details.currentRev`. */
  readonly expectedRev?: number
}
