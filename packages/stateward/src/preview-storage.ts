import type {
  Appended,
  BaseChunk,
  LogBatch,
  LogReader,
  LogStats,
  OpenedWriter,
  Ptr,
  Seq,
  Storage,
} from '@stateward/contract'

/** Pointers of what was only kept in memory count down from here, where no storage's own can be. */
const highestPtr: Ptr = Number.MAX_SAFE_INTEGER

/** What a trial run would have put on the disk, as it went on. */
export interface Preview {
  readonly storage: Storage
  /** Bytes of the base that a compaction would have written. */
  baseBytes(): number
}

/**
 * A storage for trial runs: reads the log as it is, takes every write into memory on top of it and lets go of all of it
 * when it is closed. Decisions are those of a real run; no lock is taken and nothing is written.
 */
export function previewStorage(storage: Storage): Preview {
  let baseBytes = 0
  return {
    baseBytes: () => baseBytes,
    storage: {
      ...storage,
      openReader: () => storage.openReader(),
      async openWriter(): Promise<OpenedWriter> {
        const reader = await storage.openReader()
        const overlay = new Overlay(reader, await reader.stats())
        const { lastSeq, epoch } = overlay.origin
        const writer = {
          ...forwarded(reader),
          epoch,
          stats: () => overlay.stats(),
          read: (from: Seq, signal?: AbortSignal) => overlay.read(from, signal),
          // Nobody writes what would come after, so that following ends where reading does.
          follow: (from: Seq, signal: AbortSignal) => overlay.read(from, signal),
          fetch: (ptrs: readonly Ptr[]) => overlay.fetch(ptrs),
          append: async (records: readonly Uint8Array[]) => overlay.append(records),
          async saveBase(_upTo: Seq, chunks: AsyncIterable<BaseChunk>): Promise<ArrayLike<Ptr>> {
            const base = await overlay.keepBase(chunks)
            baseBytes += base.bytes
            return base.ptrs
          },
          truncate: async () => {},
        }
        // A promise is needed either way, and memory has no reason to offer both; a trial run keeps no caches.
        const { fetchSync: _, caches: _caches, ...rest } = writer
        const recovery = { clean: true, created: false, lastSeq, quarantined: [], adopted: [] }
        return { writer: rest, recovery }
      },
    },
  }
}

/** A log as it is on the disk, and behind it what was kept in memory. */
class Overlay {
  readonly origin: LogStats
  readonly #reader: LogReader
  readonly #records: Uint8Array[] = []
  readonly #ptrs: Ptr[] = []
  readonly #rows = new Map<Ptr, Uint8Array>()
  #nextPtr = highestPtr

  constructor(reader: LogReader, origin: LogStats) {
    this.#reader = reader
    this.origin = origin
  }

  async stats(): Promise<LogStats> {
    const added = this.#records.reduce((sum, { length }) => sum + length, 0)
    return { ...this.origin, lastSeq: this.#lastSeq, bytes: this.origin.bytes + added }
  }

  get #lastSeq(): Seq {
    return this.origin.lastSeq + this.#records.length
  }

  append(records: readonly Uint8Array[]): Appended {
    const ptrs = records.map((record) => this.#keep(record))
    for (const record of records) this.#records.push(record)
    for (const ptr of ptrs) this.#ptrs.push(ptr)
    return { lastSeq: this.#lastSeq, ptrs }
  }

  async keepBase(chunks: AsyncIterable<BaseChunk>): Promise<{ readonly ptrs: readonly Ptr[]; readonly bytes: number }> {
    const ptrs: Ptr[] = []
    let bytes = 0
    for await (const { records } of chunks) {
      for (const record of records) {
        ptrs.push(this.#keep(record))
        bytes += record.length
      }
    }
    return { ptrs, bytes }
  }

  #keep(record: Uint8Array): Ptr {
    const ptr = this.#nextPtr--
    this.#rows.set(ptr, record)
    return ptr
  }

  async *read(from: Seq, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    const { lastSeq, epoch } = this.origin
    for await (const batch of this.#reader.read(from, signal)) {
      // The writer elsewhere goes on; this run stands on the log as it was.
      if ((batch.lost?.from ?? batch.firstSeq) > lastSeq) break
      yield upTo(batch, lastSeq)
    }
    const firstSeq = Math.max(from, lastSeq + 1)
    const skipped = firstSeq - lastSeq - 1
    const records = this.#records.slice(skipped)
    if (records.length > 0) yield { firstSeq, epoch, records, ptrs: this.#ptrs.slice(skipped) }
  }

  async fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
    const stored = await this.#reader.fetch(ptrs.filter((ptr) => !this.#rows.has(ptr)))
    let at = 0
    return ptrs.map((ptr) => this.#rows.get(ptr) ?? stored[at++])
  }
}

function upTo(batch: LogBatch, lastSeq: Seq): LogBatch {
  const count = lastSeq - batch.firstSeq + 1
  if (batch.records.length <= count) return batch
  return { ...batch, records: batch.records.slice(0, count), ptrs: batch.ptrs.slice(0, count) }
}

/** A reader's methods as an object of their own: spreading an instance would lose them. */
function forwarded(reader: LogReader): LogReader {
  return {
    stats: () => reader.stats(),
    read: (from, signal) => reader.read(from, signal),
    follow: (from, signal) => reader.follow(from, signal),
    fetch: (ptrs) => reader.fetch(ptrs),
    ...(reader.fetchSync && { fetchSync: reader.fetchSync.bind(reader) }),
    loadBase: () => reader.loadBase(),
    verify: (signal) => reader.verify(signal),
    close: () => reader.close(),
  }
}
