import type { Caches, WritableCaches } from './cache.ts'
import type { Durability, Survival } from './durability.ts'
import type { LostCommits, Notify, StorageEvent } from './event.ts'
import type { Distribution } from './histogram.ts'
import type { BackupReport, RecoveryReport, StorageCheck } from './report.ts'
import type { ScrubOptions, ScrubPortion } from './scrub.ts'
import type { Seq } from './seq.ts'

/** Fencing token of a writer's term: grows at each `openWriter`, is kept by the log itself, needs no clock and no lease. */
export type Epoch = number

/**
 * Where one record can be read again: an opaque safe integer ≥ 0, meaningful only to the storage that gave it.
 * Valid while the log is open by that reader or writer, until `truncate` has passed its seq.
 */
export type Ptr = number

/** What this storage, as configured, can truthfully do. */
export interface Caps {
  /** `cas`: the engine itself refuses a stale writer. `lock`: only a cooperative lock does (files). */
  readonly fencing: 'cas' | 'lock'
  /**
   * What the writer does after an append whose outcome is unknown. `resolve`: call `append` again with the same
   * `expectedSeq` and `commitId` until it answers. `stop`: no further append succeeds on this writer.
   */
  readonly unknown: 'resolve' | 'stop'
  /** The levels on offer, and what each survives. A level that is absent is refused as `UNSUPPORTED`, never lowered. */
  readonly survives: Readonly<Partial<Record<Durability, Survival>>>
  readonly maxRecordBytes: number
  readonly maxBatchBytes: number
  readonly maxBatchRecords: number
}

/** Consecutive commits as they stand in the log: `records[i]` is commit `firstSeq + i`, to be read again at `ptrs[i]`. */
export interface LogBatch {
  readonly firstSeq: Seq
  readonly epoch: Epoch
  readonly records: readonly Uint8Array[]
  readonly ptrs: readonly Ptr[]
  /** Commits directly before `firstSeq` that are lost; only then may a batch be empty or not follow the one before it. */
  readonly lost?: LostCommits
}

/**
 * Part of a base: one whole live record (or tombstone) a row, `seqs` ascending (equal ones allowed: one commit may
 * have changed several records), none above the base's `upTo`.
 */
export interface BaseChunk {
  readonly seqs: readonly Seq[]
  readonly records: readonly Uint8Array[]
}

/** A base as it is read back, with pointers to its rows. */
export interface StoredBase {
  /** State after this commit is the rows of the base; commits after it are read from the log. */
  readonly upTo: Seq
  readonly chunks: AsyncIterable<BaseChunk & { readonly ptrs: readonly Ptr[] }>
}

/** How work that may take long treats everybody else. */
export interface MaintenanceOptions {
  /** Ends the work as soon as it can be ended: `ABORTED`, and nothing that counts has changed. */
  readonly signal?: AbortSignal
  /**
   * Awaited between portions of the work that take a few milliseconds each: how the caller lets others go first. Never
   * rejects.
   */
  readonly breathe?: () => Promise<void>
}

export interface SaveBaseOptions extends MaintenanceOptions {
  /** About how many bytes the rows have together, where the caller knows: `FULL` before anything is written where they would not fit. */
  readonly bytes?: number
}

export interface TruncateOptions extends MaintenanceOptions {
  /**
   * The rev of the newest version of a record, dead or alive; 0 where there is none. Without it a storage that is to keep
   * so many versions of each record keeps all of them.
   */
  readonly newestRev?: (type: string, id: string) => number
}

export interface AppendOptions {
  readonly expectedSeq: Seq
  /** Unique per append; the key to resolving an append whose outcome is unknown, where `Caps.unknown` is `resolve`. */
  readonly commitId: string
  readonly durability: Durability
}

export interface Appended {
  readonly lastSeq: Seq
  readonly ptrs: readonly Ptr[]
}

/** What the next opening of a log has to read. */
export interface OpeningCost {
  /** The newest base is of the state after this commit; 0 where there is none. */
  readonly upTo: Seq
  readonly baseBytes: number
  /** The log behind that base: bytes, and the parts that they are kept in. */
  readonly logBytes: number
  readonly logSegments: number
}

export interface LogStats {
  /** Oldest commit that `read` can still give; `lastSeq + 1` when it can give none. */
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  /** The last commit that is as safe as this storage can make it; those behind it may be lost as their level says. Absent from readers. */
  readonly durableSeq?: Seq
  readonly epoch: Epoch
  /** Bytes that the log occupies, archive included. */
  readonly bytes: number
  /** Parts that the log is kept in (files, partitions); 1 where the storage has no such thing. */
  readonly segments: number
  /** By what compaction is decided. Absent: the storage does not tell. */
  readonly opening?: OpeningCost
  /** Whether this writer takes appends; absent from readers, and where a storage cannot be in between. Absent: `ok`. */
  readonly health?: StorageHealth
  /** How long it took to make the log durable, in milliseconds, since this writer was opened. Absent: not measured. */
  readonly syncMs?: Distribution
  /** Memory that this writer holds for lines on their way to the disk. Absent: the storage does not tell. */
  readonly bufferBytes?: number
  /** What salvages have given up, as long as nobody has acknowledged it; absent or empty: the log is whole. */
  readonly lost?: readonly LostCommits[]
}

/**
 * `full`: appends are `FULL` until there is room. `readonly`: the log is damaged and was opened for what still reads.
 * `failed`: this writer has stopped.
 */
export type StorageHealth = 'ok' | 'full' | 'readonly' | 'failed'

/** Reads a log. Every method may be called at any time until `close`; afterwards each rejects with `CLOSED`. */
export interface LogReader {
  /** The tail as this reader sees it, which may lag behind a writer elsewhere. */
  stats(): Promise<LogStats>
  /** Commits with seq ≥ `from`, in order, up to the tail at the call. Throws `TRIMMED` if `from` < `firstSeq`. */
  read(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch>
  /**
   * As `read`, of every commit that is still there, in order, with holes where retention has let go of some: never
   * `TRIMMED`. Absent where whatever is there can be had from `read`.
   */
  readKept?(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch>
  /**
   * The commits of these numbers, in the order asked; `undefined` for one that is not there (any more). Costs by their
   * number, not by the length of the log. Absent where `read` begins as fast.
   */
  readAt?(seqs: readonly Seq[], signal?: AbortSignal): Promise<(Uint8Array | undefined)[]>
  /** As `read`, then goes on for ever with what becomes durable. Never skips, never repeats; ends when `signal` aborts. */
  follow(from: Seq, signal: AbortSignal): AsyncIterable<LogBatch>
  /** The bytes at these pointers, in the order asked; `undefined` where truncated. Throws `CORRUPT` on damage. */
  fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]>
  /** As `fetch`, without a promise: present where the medium allows it. */
  readonly fetchSync?: (ptrs: readonly Ptr[]) => (Uint8Array | undefined)[]
  /** The newest complete base, or `undefined`. */
  loadBase(): Promise<StoredBase | undefined>
  /** Reads everything once more and compares checksums. Resolves with what it found; damage is a finding, not a rejection. */
  verify(signal?: AbortSignal): Promise<StorageCheck>
  /** Present where the storage keeps caches beside the log. */
  readonly caches?: Caches
  close(): Promise<void>
}

/**
 * The one writer of a log. `append` may be called again before the former one has settled: they take effect in the
 * order of the calls, and one that fails fails all that were called after it.
 */
export interface LogWriter extends LogReader {
  readonly epoch: Epoch
  readonly caches?: WritableCaches
  /**
   * Appends if and only if the tail is `expectedSeq` and no newer epoch is in the log. Each record is one commit: there
   * whole or not at all. Resolves when they are safe at the asked level. No records: a barrier, which proves this writer
   * to be the newest and everything before it to be safe at the asked level.
   * Errors: `CONFLICT`, `FENCED`, `TOO_LARGE`, `FULL`, `UNSUPPORTED`, `CLOSED`: these records are not in the log and never
   * will be. `UNKNOWN`: they may be. `STORAGE_FAILED`: they are not, and this writer has stopped. Any other is a bug.
   */
  append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended>
  /**
   * Writes a base of the state after `upTo` (≤ the tail); atomic: readers see the former base or this one whole. Resolves
   * with one pointer a row, in order: a `Float64Array` where there may be millions. Old pointers stay valid until
   * `truncate`. Errors as `append`, and `CORRUPT` when what was written does not read back as it was given.
   */
  saveBase(upTo: Seq, chunks: AsyncIterable<BaseChunk>, options?: SaveBaseOptions): Promise<ArrayLike<Ptr>>
  /**
   * Lets go of what a base covers: commits ≤ `upTo`, by the storage's own retention (it may archive them, so that `read`
   * still finds them). Their pointers die. A no-op when no base covers `upTo`.
   */
  truncate(upTo: Seq, options?: TruncateOptions): Promise<void>
  /**
   * Reads again, once and by portions, all parts of the log that were complete at the call, and compares checksums and order
   * as `verify` does. The caller sets the pace: nothing is read before the next portion is asked for. Damage and what cannot
   * be read now are findings, never a rejection; the log stays as it is and appends go on. What is truncated meanwhile is
   * passed over. Throws `CLOSED` once the writer has retired. Each call is a pass of its own, and may begin with any part. Present where
   * there is a medium that may change what was written to it.
   */
  readonly scrub?: (options?: ScrubOptions) => AsyncIterable<ScrubPortion>
  /**
   * Gives the right to write back, for good, so that the next writer can be opened while this one is still read from:
   * settles what was appended; what would write afterwards is `CLOSED`. Reads go on until `close`, by the pointers that
   * were given, as long as no other writer has written those lines anew. Present where an open writer keeps the next one
   * out; a second call settles as the first did.
   */
  readonly retire?: () => Promise<void>
}

export interface OpenWriterOptions {
  readonly notify?: Notify<StorageEvent>
}

export interface OpenedWriter {
  readonly writer: LogWriter
  readonly recovery: RecoveryReport
}

/**
 * Where history lives: one log of commits. A plug-in implements this and passes the suites of
 * `@stateward/conformance`. Nothing happens until one of the methods is called.
 */
export interface Storage {
  /** Names the medium in messages and statistics, such as `memory` or `jsonl`. */
  readonly kind: string
  readonly caps: Caps
  /** The store's level where the one who opens it names none; absent: `commit`. */
  readonly defaultDurability?: Durability
  /** Opens for reading only: takes no lock and writes nothing. */
  openReader(): Promise<LogReader>
  /**
   * Takes the log over: recovers it, raises the epoch, fences every older writer. Errors: `LOCKED` (`details`: `pid`,
   * `host` of the holder), `CORRUPT`, `UNSUPPORTED` (a newer format), `STORAGE_FAILED`; a refused open changes nothing.
   */
  openWriter(owner: string, options?: OpenWriterOptions): Promise<OpenedWriter>
  /**
   * Copies the log as it is to a place of the storage's own kind, while it is written: all of it the first time, then what is
   * new. What is copied is read back; what was interrupted leaves the copy before as it was. Absent where there is no such thing.
   */
  readonly backup?: (to: string, options?: { readonly signal?: AbortSignal }) => Promise<BackupReport>
}
