import type { Damage } from './damage.ts'
import type { Durability } from './durability.ts'
import type { ErrorCode } from './error.ts'
import type { CaretakerName, LostCommits } from './event.ts'
import type { Distribution } from './histogram.ts'
import type { JsonValue } from './json.ts'
import type { QueryPlan } from './query.ts'
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

/** What comparing indexes with the records in the background has come to since the store was opened. */
export interface IndexCheckStats {
  /** Passes over all indexes that have come to their end. */
  readonly passes: number
  /** When the last of them did. */
  readonly lastPass?: string
  /** Records that the last pass has compared. */
  readonly records: number
  /** How often an index was found not to hold what the records say, in all passes. 0: never. */
  readonly damaged: number
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

/** Queries of one type that were answered in one way; reckoned from those that were measured. */
export interface PlanStats {
  readonly type: string
  readonly access: QueryPlan['access']
  readonly index?: string
  /** Without a limit: only of those it is known how many rows there were. */
  readonly queries: number
  /** Rows that were expected, and that were found, together. */
  readonly estimatedRows: number
  readonly rows: number
}

/** Compactions since the store was opened. */
export interface CompactionStats {
  readonly finished: number
  readonly failed: number
  readonly cancelled: number
  /** Of the last one that has ended well. */
  readonly last?: { readonly upTo: Seq; readonly bytesBefore: number; readonly bytesAfter: number }
}

/** How late the event loop was, in milliseconds, since the store was opened; sampled every 20 ms. */
export interface EventLoopStats {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** One of the things that a store does by itself. */
export interface CaretakerStats {
  readonly name: CaretakerName
  /** `restarting`: it has crashed, and begins again after a pause. `stopped`: it has crashed too often, see `state.restart`. */
  readonly state: 'working' | 'restarting' | 'stopped'
  /** How often it has crashed since the store was opened. */
  readonly crashes: number
  readonly lastCrash?: { readonly code: ErrorCode; readonly message: string }
}

/**
 * What a store itself holds in memory, in bytes: typed arrays as they are, objects as they are reckoned, which is right within a third or
 * so. Beside it the process has its code, what queries and transactions hold while they run, and garbage that is not collected
 * yet: `memory` says what all of it takes.
 */
export interface MemoryParts {
  /** Where each live record stands in the log, ids included, and what is left of deleted ones. */
  readonly tables: number
  /** All of them; `indexes` says it of each. */
  readonly indexes: number
  /** Records at hand, as they are reckoned for `cache.maxBytes`. */
  readonly cache: number
  /** Writes that wait, each as the lines of those before it were long. */
  readonly mailbox: number
  /** Which commits have versions of which record, and which came when; 0 of what was there before until somebody asks for the past. */
  readonly histories: number
  /** Newest commits that are kept while somebody follows changes or live queries. */
  readonly feeds: number
  /** Lines on their way to the disk, and what the storage holds to write them. */
  readonly buffers: number
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
  /** How long the first measured one of those has waited, in milliseconds; 0 where none waits. Absent: nothing is measured. */
  readonly mailboxAgeMs?: number
  /** The part of the versions in base and log that is superseded: 0 … 1. */
  readonly garbageRatio: number
  readonly cache: {
    readonly bytes: number
    readonly maxBytes: number
    readonly records: number
    readonly hits: number
    readonly misses: number
  }
  readonly indexes: readonly {
    readonly type: string
    readonly name: string
    readonly entries: number
    /** The memory that it holds, about. */
    readonly bytes: number
    /** Present while it is being built again, and not asked: see `state.checkIndexes`. */
    readonly rebuilding?: true
    /** Present while it is not kept in memory, and not asked: see `memory.maxBytes`. */
    readonly dropped?: true
  }[]
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
  /** Absent: the store does not compare its indexes by itself. */
  readonly indexCheck?: IndexCheckStats
  /** By kind, of those that were asked; `transaction` is one of them. Absent: messages are not measured. */
  readonly messages?: Readonly<Record<string, MessageStats>>
  readonly appends?: AppendStats
  /** Making the log durable, in milliseconds, as the storage measures it; absent where it does not. */
  readonly syncMs?: Distribution
  readonly plans?: readonly PlanStats[]
  readonly compaction?: CompactionStats
  /** Absent: not watched; see `observe.eventLoop`. */
  readonly eventLoop?: EventLoopStats
  /** Of the whole process, in bytes; what of it this store holds stands at `memoryParts`. */
  readonly memory: {
    readonly rss: number
    readonly heapUsed: number
    readonly external: number
    readonly arrayBuffers: number
  }
  readonly memoryParts: MemoryParts
  /** What the store does by itself; what it was told not to do is not among them. */
  readonly caretakers?: readonly CaretakerStats[]
}

/** Indexes compared with a full scan of the records. */
export interface IndexesReport {
  readonly ok: boolean
  /** Each of them; one that is being built again is not `ok` until it is. `found`: how many entries, or what differs. */
  readonly indexes: readonly {
    readonly type: string
    readonly name: string
    readonly ok: boolean
    readonly found: string
  }[]
  /** Live records that were read back. */
  readonly records: number
  /**
   * Values that only one record may hold, and several do: written before the domain declared them `unique`. The first 100; absent:
   * none. The indexes hold what the records say all the same, and `ok` says nothing of it.
   */
  readonly duplicates?: readonly DuplicateValues[]
}

/** Values of a unique key that several records hold. */
export interface DuplicateValues {
  readonly type: string
  readonly fields: readonly string[]
  readonly values: readonly JsonValue[]
  /** How many records hold them. */
  readonly records: number
  /** The first 20 of those, in the order of their ids. */
  readonly ids: readonly string[]
}

export interface VerifyReport extends IndexesReport {
  readonly storage: StorageCheck
}

export interface CompactReport {
  /** The base holds the state after this commit. */
  readonly upTo: Seq
  readonly records: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}
