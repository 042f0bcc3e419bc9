import type { Damage } from './damage.ts'
import type { ErrorCode } from './error.ts'
import type { QueryPlan } from './query.ts'
import type { Seq } from './seq.ts'

/** Commits that are gone for good: a salvage could not read them. */
export interface LostCommits {
  readonly from: Seq
  readonly to: Seq
  /** Names the report of the salvage, which says where the unreadable bytes are kept. */
  readonly report: string
}

/** What a storage tells its writer's owner unasked: facts, never bodies. */
export type StorageEvent =
  /** There is no room: writes are `FULL` until `resumed`. Reads go on. */
  | { readonly kind: 'full'; readonly message: string }
  /** Room is back, and a probe was written and synced: writes are taken again. */
  | { readonly kind: 'resumed' }
  /** Writing has ended for good on this writer; reads go on. `code`: `STORAGE_FAILED`, `FENCED` … */
  | { readonly kind: 'stopped'; readonly code: ErrorCode; readonly message: string }
  /** The system's clock stepped back by more than a second. The order of commits is their seq and does not care. */
  | { readonly kind: 'clockBack'; readonly backMs: number }
  /** Something that only saves time did not fit the log, or did not read, and was left aside. */
  | { readonly kind: 'cacheIgnored'; readonly cache: string; readonly reason: string }

/** What a reopening has found. */
export interface Reopening {
  /** The last commit of the log as it is now. */
  readonly lastSeq: Seq
  /**
   * Commits that were acknowledged below the level `commit`, and that the disk did not keep when it failed: their numbers
   * are given to other commits from now on. Absent where nothing is lost.
   */
  readonly lost?: { readonly from: Seq; readonly to: Seq }
}

/** How far a compaction has come. */
export interface CompactionProgress {
  /** Base rows written so far, of `rows`. */
  readonly written: number
  readonly rows: number
}

/**
 * What a store does by itself, each under a supervision of its own.
 *
 * - `reopening`: recovers the log again after the storage has failed.
 * - `compaction`: compacts when it is time.
 * - `scrubbing`: reads again what is complete of the log.
 * - `indexing`: builds an index again that did not hold what the records say.
 * - `memory`: keeps cache and indexes within `memory.maxBytes`.
 * - `checking`: compares indexes with the records.
 * - `checkpointing`: saves the state beside the log while the store is open.
 * - `loading`: reads the rest of the checkpoint that the store was opened with, where it is to be read ahead.
 */
export type CaretakerName =
  | 'reopening'
  | 'compaction'
  | 'scrubbing'
  | 'indexing'
  | 'checking'
  | 'memory'
  | 'checkpointing'
  | 'loading'

/** What an open store tells unasked. */
export type StoreEvent =
  | StorageEvent
  /** A query took at least `observe.slowQueryMs`. Nothing of what it asked for is told but the way it was answered. */
  | {
      readonly kind: 'slowQuery'
      readonly message: 'query' | 'count' | 'groupBy' | 'aggregate'
      readonly type: string
      readonly ms: number
      /** Of the answer; absent where it failed. */
      readonly rows?: number
      readonly plan: QueryPlan
    }
  /** The log was recovered again without closing the store; writes are taken again. */
  | ({ readonly kind: 'reopened' } & Reopening)
  /**
   * A snapshot has been open for long (`old`: perhaps somebody forgot it), or for too long, and was closed (`expired`). While one is
   * open, the old place of each record `changed` since is kept, and compaction lets go of nothing.
   */
  | {
      readonly kind: 'snapshot'
      readonly phase: 'old' | 'expired'
      readonly snapshot: string
      readonly seq: Seq
      readonly ageMs: number
      readonly changed: number
    }
  /** The hook `afterCommit` has thrown or rejected, for this commit; it is written all the same. */
  | {
      readonly kind: 'hook'
      readonly hook: 'afterCommit'
      readonly seq: Seq
      readonly code: ErrorCode
      readonly message: string
    }
  | ({
      readonly kind: 'compaction'
      /** Why it runs: somebody asked, or which bound was passed. */
      readonly cause: 'asked' | 'garbage' | 'size' | 'segments' | 'interval'
    } & (
      | { readonly phase: 'started'; readonly upTo: Seq }
      | ({ readonly phase: 'progress' } & CompactionProgress)
      | { readonly phase: 'finished'; readonly upTo: Seq; readonly bytesBefore: number; readonly bytesAfter: number }
      | { readonly phase: 'cancelled' }
      | { readonly phase: 'failed'; readonly code: ErrorCode; readonly message: string }
    ))
  | ({
      /** One of the things that a store does by itself has crashed; reads and writes do not depend on it. */
      readonly kind: 'caretaker'
      readonly caretaker: CaretakerName
    } /** It begins again in about so long, for the n-th time within the time of its policy. `code`, `message`: of the crash. */ & (
      | {
          readonly phase: 'restarting'
          readonly nth: number
          readonly pauseMs: number
          readonly code: ErrorCode
          readonly message: string
        }
      | { readonly phase: 'restarted' }
      /** It has crashed too often, or in a way that beginning again does not mend, and stays stopped until `state.restart`. */
      | { readonly phase: 'stopped'; readonly code: ErrorCode; readonly message: string }
    ))
  | ({
      /** What is complete of the log is read again while the store is open: a pass over all of it, and what it finds. */
      readonly kind: 'scrub'
    } & (
      | { readonly phase: 'started' }
      /** Places that do not read as they were written. Nothing was changed. At most 100 of a pass are told. */
      | { readonly phase: 'damaged'; readonly code: 'CORRUPT'; readonly damage: readonly Damage[] }
      /** A file could not be read now; of what stands in it this says nothing. The pass goes on. */
      | { readonly phase: 'failed'; readonly code: ErrorCode; readonly message: string }
      /** `damaged`: how many places of the log, as far as is known, do not read as they were written. */
      | { readonly phase: 'finished'; readonly files: number; readonly bytes: number; readonly damaged: number }
    ))
  | ({
      readonly kind: 'index'
      readonly type: string
      /** Its name, as `stats` and `explain` say it; `fingerprints` of a type are one index, and fill again while records are read. */
      readonly index: string
    } /** It does not hold what the records say, or fails. It is not asked any more, and built again. */ & (
      | { readonly phase: 'damaged' }
      /** It is one of the domain's own, and does not even take in what it is told while it is built. It is not asked before the next opening. */
      | { readonly phase: 'failed'; readonly message: string }
      /** It was the least useful of those that are not required, and took so much memory: more than there is room for. It is not asked any more. */
      | { readonly phase: 'dropped'; readonly bytes: number }
      /** It holds so many entries, all of them, and is asked again. */
      | { readonly phase: 'rebuilt'; readonly entries: number }
    ))

  /** What cannot be dropped takes more memory than `memory.maxBytes`: the cache is empty, and everything goes on. */
  | { readonly kind: 'memory'; readonly phase: 'exceeded'; readonly bytes: number; readonly maxBytes: number }
  /** The store has compared its indexes with so many records by itself. `damaged`: how many of them differed; an event `index` has named each. */
  | { readonly kind: 'indexCheck'; readonly records: number; readonly damaged: number }

/** Hears of events; what it throws is not the store's concern and is dropped. */
export type Notify<Event> = (event: Event) => void
