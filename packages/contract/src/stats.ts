import type { Damage } from './damage.ts'
import type { Durability } from './durability.ts'
import type { LostCommits } from './event.ts'
import type { StorageCheck } from './report.ts'
import type { Seq } from './seq.ts'
import type { StorageHealth } from './storage.ts'

/** What reading the log again in the background has come to since the store was opened. */
export interface ScrubStats {
  /** Passes over the whole log that have come to their end. */
  readonly passes: number
  /** When the last of them did. */
  readonly lastPass?: string
  /** Bytes read so far, of all passes. */
  readonly bytes: number
  /** How many places do not read as they were written, as far as is known: of each file as it was read last. 0: none. */
  readonly damaged: number
  /** The first 100 of them. */
  readonly damage: readonly Damage[]
}

/** The store in numbers. */
export interface Stats {
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  /** The last commit that no power cut can take, where the storage knows it: at the levels below `commit` it lags behind. */
  readonly durableSeq?: Seq
  /** Live records. */
  readonly records: number
  readonly recordsByType: Readonly<Record<string, number>>
  readonly segments: number
  readonly bytes: number
  readonly commits: number
  /** Messages that wait to be handled. */
  readonly mailboxDepth: number
  readonly cache: {
    readonly bytes: number
    readonly maxBytes: number
    readonly records: number
    readonly hits: number
    readonly misses: number
  }
  readonly indexes: readonly { readonly type: string; readonly name: string; readonly entries: number }[]
  readonly storage: string
  readonly durability: Durability
  /**
   * `full`: writes are `FULL` until there is room. `failed`: they are `STORAGE_FAILED` until the store is reopened, and
   * `readonly`: until it is repaired and opened again. Reads go on.
   */
  readonly health: StorageHealth
  /** Commits that salvages had to give up, as long as nobody has acknowledged it. Absent: none. */
  readonly lost?: readonly LostCommits[]
  /** Absent: nothing is read again in the background. */
  readonly scrub?: ScrubStats
}

export interface VerifyReport {
  readonly ok: boolean
  readonly storage: StorageCheck
  /** Indexes compared with a full scan of the records. */
  readonly indexes: readonly {
    readonly type: string
    readonly name: string
    readonly ok: boolean
    readonly found: string
  }[]
  readonly records: number
}

export interface CompactReport {
  /** The base holds the state after this commit. */
  readonly upTo: Seq
  readonly records: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}
