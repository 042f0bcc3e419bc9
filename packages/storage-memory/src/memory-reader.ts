import {
  type LogBatch,
  type LogReader,
  type LogStats,
  type Ptr,
  type Seq,
  StatewardError,
  type StorageCheck,
  type StoredBase,
} from '@stateward/contract'
import { storedBase } from './memory-base.ts'
import type { MemoryLog } from './memory-log.ts'

/** Reads one memory log until it is closed. */
export class MemoryReader implements LogReader {
  protected readonly log: MemoryLog
  protected closed = false

  constructor(log: MemoryLog) {
    this.log = log
  }

  async stats(): Promise<LogStats> {
    this.requireOpen()
    return this.log.stats()
  }

  read(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch> {
    // Taken here and not in the generator, which runs only when the first batch is asked for.
    return this.#batches(from, this.log.lastSeq, signal)
  }

  async readAt(seqs: readonly Seq[], signal?: AbortSignal): Promise<(Uint8Array | undefined)[]> {
    this.requireOpen()
    requireGoingOn(signal)
    return seqs.map((seq) => this.log.commit(seq))
  }

  async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
    this.requireOpen()
    this.log.requireKept(from)
    let next = from
    while (!signal.aborted) {
      if (next > this.log.lastSeq) {
        await this.log.wakeups.next(signal)
      } else {
        const batch = this.log.batch(next, this.log.lastSeq)
        next += batch.records.length
        yield batch
      }
      if (!signal.aborted) this.requireOpen()
    }
  }

  async fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
    return this.fetchSync(ptrs)
  }

  fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
    this.requireOpen()
    return ptrs.map((ptr) => this.log.at(ptr))
  }

  async loadBase(): Promise<StoredBase | undefined> {
    this.requireOpen()
    return this.log.base && storedBase(this.log.base)
  }

  /** Memory keeps no checksums and has no damage: this counts what is there. */
  async verify(signal?: AbortSignal): Promise<StorageCheck> {
    this.requireOpen()
    requireGoingOn(signal)
    const { firstSeq, lastSeq, bytes } = this.log.stats()
    return { ok: true, commits: lastSeq - firstSeq + 1, bytes, unverified: 0, damage: [] }
  }

  async close(): Promise<void> {
    this.closed = true
    this.log.wakeups.wake()
  }

  protected requireOpen(): void {
    if (this.closed) throw new StatewardError('CLOSED', 'this reader of a memory log has been closed: open another one')
  }

  async *#batches(from: Seq, tail: Seq, signal: AbortSignal | undefined): AsyncGenerator<LogBatch> {
    this.requireOpen()
    this.log.requireKept(from)
    for (let next = from; next <= tail; ) {
      requireGoingOn(signal)
      this.requireOpen()
      const batch = this.log.batch(next, tail)
      next += batch.records.length
      yield batch
    }
  }
}

/** Throws `ABORTED` once the signal has aborted: ending quietly would look like the end of the log. */
export function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new StatewardError('ABORTED', 'the caller aborted before the end', { cause: signal.reason })
}
