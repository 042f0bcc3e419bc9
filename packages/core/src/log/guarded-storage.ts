import type {
  Appended,
  AppendOptions,
  BaseChunk,
  Caches,
  Epoch,
  LogBatch,
  LogReader,
  LogStats,
  LogWriter,
  Ptr,
  SaveBaseOptions,
  Seq,
  StorageCheck,
  StoredBase,
  TruncateOptions,
  WritableCaches,
} from '@stateward/contract'
import { storageError } from '../validation/storage-error.ts'

/** A reader whose failures all are the one error of Stateward, whatever the storage throws. */
export function guardedReader(reader: LogReader): LogReader {
  return new GuardedReader(reader)
}

/** As `guardedReader`. What `append` fails with is left as it is: the log pump has to tell more about it. */
export function guardedWriter(writer: LogWriter): LogWriter {
  return new GuardedWriter(writer)
}

class GuardedReader implements LogReader {
  readonly fetchSync?: NonNullable<LogReader['fetchSync']>
  /** As they are: a cache may fail in any way, and only costs time. */
  readonly caches?: Caches
  readonly readKept?: NonNullable<LogReader['readKept']>
  readonly readAt?: NonNullable<LogReader['readAt']>
  readonly #reader: LogReader

  constructor(reader: LogReader) {
    this.#reader = reader
    if (reader.caches !== undefined) this.caches = reader.caches
    const { fetchSync, readAt, readKept } = reader
    if (fetchSync !== undefined) this.fetchSync = (ptrs) => guardedNow(() => fetchSync.call(reader, ptrs))
    if (readAt !== undefined) this.readAt = (seqs, signal) => guarded(() => readAt.call(reader, seqs, signal))
    if (readKept !== undefined) this.readKept = (from, signal) => guardedEach(() => readKept.call(reader, from, signal))
  }

  stats(): Promise<LogStats> {
    return guarded(() => this.#reader.stats())
  }

  read(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return guardedEach(() => this.#reader.read(from, signal))
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<LogBatch> {
    return guardedEach(() => this.#reader.follow(from, signal))
  }

  fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
    return guarded(() => this.#reader.fetch(ptrs))
  }

  async loadBase(): Promise<StoredBase | undefined> {
    const base = await guarded(() => this.#reader.loadBase())
    return base && { upTo: base.upTo, chunks: guardedEach(() => base.chunks) }
  }

  verify(signal?: AbortSignal): Promise<StorageCheck> {
    return guarded(() => this.#reader.verify(signal))
  }

  close(): Promise<void> {
    return guarded(() => this.#reader.close())
  }
}

class GuardedWriter extends GuardedReader implements LogWriter {
  declare readonly caches?: WritableCaches
  readonly scrub?: NonNullable<LogWriter['scrub']>
  readonly #writer: LogWriter

  constructor(writer: LogWriter) {
    super(writer)
    this.#writer = writer
    const { scrub } = writer
    if (scrub !== undefined) this.scrub = (options) => guardedEach(() => scrub.call(writer, options))
  }

  get epoch(): Epoch {
    return this.#writer.epoch
  }

  append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    return this.#writer.append(records, options)
  }

  saveBase(upTo: Seq, chunks: AsyncIterable<BaseChunk>, options?: SaveBaseOptions): Promise<ArrayLike<Ptr>> {
    return guarded(() => this.#writer.saveBase(upTo, chunks, options))
  }

  truncate(upTo: Seq, options?: TruncateOptions): Promise<void> {
    return guarded(() => this.#writer.truncate(upTo, options))
  }

  /** A writer that keeps nobody out has nothing to give back. */
  retire(): Promise<void> {
    return guarded(async () => this.#writer.retire?.())
  }
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw storageError(error)
  }
}

function guardedNow<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw storageError(error)
  }
}

/** Opened at the call and not at the first step, because a storage may fix at the call how far it will read. */
function guardedEach<T>(open: () => AsyncIterable<T>): AsyncIterable<T> {
  try {
    return rethrowing(open())
  } catch (error) {
    throw storageError(error)
  }
}

async function* rethrowing<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source
  } catch (error) {
    throw storageError(error)
  }
}
