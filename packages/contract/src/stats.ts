import type { Damage } from './damage.ts'
import type { Durability } from './durability.ts'
import type { LostCommits } from './event.ts'
import type { Distribution } from './histogram.ts'
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

/** Messages of one kind, since the store was opened. */
export interface MessageStats {
  /** All of them. */
  readonly asked: number
  /**
   * From the call to the answer, in milliseconds, refusals too. One of several is measured, and counts for all of them since the one
   * before: so `count` is about `asked`.
   */
  readonly latencyMs: Distribution
  /** How many were refused or failed, by code; reckoned from those that were measured. */
  readonly failed: Readonly<Record<string, number>>
}

/** What was handed to the storage, by groups of commits, since the store was opened. */
export interface AppendStats {
  /** Commits of a group. */
  readonly commits: Distribution
  /** Bytes of a group's lines, as they were handed over. */
  readonly bytes: Distribution
  /** From handing a group over until it was as safe as asked, in milliseconds. */
  readonly ms: Distribution
  /** Groups that were refused, or of which nobody knows. */
  readonly failed: number
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
  /** By kind, of those that were asked; `transaction` is one of them. Absent: messages are not measured. */
  readonly messages?: Readonly<Record<string, MessageStats>>
  readonly appends?: AppendStats
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
