import { EventEmitter, once } from 'node:events'
import {
  type Appended,
  type AppendOptions,
  type BaseChunk,
  type Caps,
  type Epoch,
  type LogBatch,
  type LogStats,
  type LogWriter,
  type MaintenanceOptions,
  type Ptr,
  type Seq,
  StatewardError,
  type StorageCheck,
  type StoredBase,
  type TruncateOptions,
} from '@stateward/contract'

/** One log in arrays. A pointer is a position in `cells`. */
export class PlainLog {
  readonly cells: (Uint8Array | undefined)[] = []
  /** Commit `n` is at `n - 1`. */
  readonly commits: { readonly ptr: Ptr; readonly epoch: Epoch }[] = []
  readonly landed: Map<string, Appended> = new Map()
  readonly changes: EventEmitter = new EventEmitter().setMaxListeners(0)
  base: { readonly upTo: Seq; readonly rows: readonly { readonly seq: Seq; readonly ptr: Ptr }[] } | undefined
  firstSeq: Seq = 1
  epoch: Epoch = 0
  /** Who holds the log, or held it last. */
  holder: PlainHandle | undefined

  put(record: Uint8Array): Ptr {
    return this.cells.push(record.slice()) - 1
  }
}

/** A reader and a writer in one, as slow and as obvious as can be. What is broken on purpose is derived from it. */
export class PlainHandle implements LogWriter {
  readonly log: PlainLog
  readonly caps: Caps
  readonly epoch: Epoch
  closed = false
  last: Promise<unknown> = Promise.resolve()

  constructor(log: PlainLog, caps: Caps, epoch: Epoch) {
    this.log = log
    this.caps = caps
    this.epoch = epoch
  }

  /** Whether it keeps the next writer out, where only a lock does. */
  get holds(): boolean {
    return !this.closed
  }

  async stats(): Promise<LogStats> {
    this.checkOpen()
    const { cells, commits, epoch, firstSeq } = this.log
    return {
      firstSeq,
      lastSeq: commits.length,
      epoch,
      bytes: Buffer.concat(cells.flatMap((cell) => cell ?? [])).length,
      segments: 1,
    }
  }

  read(from: Seq, _signal?: AbortSignal): AsyncIterable<LogBatch> {
    return this.commits(from, this.log.commits.length)
  }

  async readAt(seqs: readonly Seq[]): Promise<(Uint8Array | undefined)[]> {
    this.checkOpen()
    const { firstSeq } = await this.stats()
    return seqs.map((seq) => (seq < firstSeq ? undefined : this.log.cells[this.log.commits[seq - 1]?.ptr ?? -1]))
  }

  async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
    this.checkOpen()
    this.checkKept(from)
    let next = from
    while (!signal.aborted) {
      this.checkOpen()
      const tail = this.log.commits.length
      if (next > tail) await once(this.log.changes, 'change', { signal }).catch(() => undefined)
      else {
        yield* this.commits(next, tail)
        next = tail + 1
      }
    }
  }

  async fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
    return this.fetchSync(ptrs)
  }

  fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
    this.checkOpen()
    return ptrs.map((ptr) => this.log.cells[ptr])
  }

  async loadBase(): Promise<StoredBase | undefined> {
    this.checkOpen()
    return this.log.base && { upTo: this.log.base.upTo, chunks: this.rows(this.log.base.rows) }
  }

  async verify(_signal?: AbortSignal): Promise<StorageCheck> {
    const { bytes, firstSeq, lastSeq } = await this.stats()
    return { ok: true, commits: lastSeq - firstSeq + 1, bytes, unverified: 0, damage: [] }
  }

  async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    this.checkOpen()
    const mine = this.last.then(
      () => this.land(records, options),
      (cause) => this.conflict('an append before this one has failed', cause),
    )
    this.last = mine
    mine.catch(() => {
      if (this.last === mine) this.last = Promise.resolve()
    })
    return mine
  }

  async saveBase(
    upTo: Seq,
    chunks: AsyncIterable<BaseChunk>,
    { signal, breathe }: MaintenanceOptions = {},
  ): Promise<readonly Ptr[]> {
    const rows: { seq: Seq; ptr: Ptr }[] = []
    this.checkSaving(signal)
    for await (const chunk of chunks) {
      await breathe?.()
      this.checkSaving(signal)
      chunk.records.forEach((record, at) => {
        rows.push({ seq: chunk.seqs[at] ?? 0, ptr: this.log.put(record) })
      })
    }
    this.checkSaving(signal)
    if (upTo > this.log.commits.length) this.conflict(`a base of commit ${upTo} is above the tail`)
    this.log.base = { upTo, rows }
    return rows.map(({ ptr }) => ptr)
  }

  async truncate(upTo: Seq, { signal }: TruncateOptions = {}): Promise<void> {
    this.checkSaving(signal)
    if (this.log.base === undefined || this.log.base.upTo < upTo) return
    for (const { ptr } of this.log.commits.slice(0, upTo)) this.log.cells[ptr] = undefined
    this.log.firstSeq = Math.max(this.log.firstSeq, upTo + 1)
  }

  async close(): Promise<void> {
    this.closed = true
    this.log.changes.emit('change')
    await this.last.catch(() => undefined)
  }

  land(records: readonly Uint8Array[], { expectedSeq, commitId, durability }: AppendOptions): Appended {
    this.checkFits(records, durability)
    const key = `${expectedSeq} ${commitId}`
    const landed = this.caps.unknown === 'resolve' ? this.log.landed.get(key) : undefined
    if (landed !== undefined) return landed
    this.checkNewest()
    if (expectedSeq !== this.log.commits.length)
      this.conflict(`expected ${expectedSeq}, found ${this.log.commits.length}`)
    const ptrs = records.map((record) => this.log.put(record))
    for (const ptr of ptrs) this.log.commits.push({ ptr, epoch: this.epoch })
    const appended = { lastSeq: this.log.commits.length, ptrs }
    if (records.length > 0) this.log.landed.set(key, appended)
    this.log.changes.emit('change')
    return appended
  }

  checkOpen(): void {
    if (this.closed) throw new StatewardError('CLOSED', 'closed')
  }

  checkKept(from: Seq): void {
    if (from < this.log.firstSeq) throw new StatewardError('TRIMMED', `${from} is below ${this.log.firstSeq}`)
  }

  checkNewest(): void {
    if (this.epoch !== this.log.epoch) throw new StatewardError('FENCED', `${this.epoch} is not ${this.log.epoch}`)
  }

  checkSaving(signal?: AbortSignal): void {
    this.checkOpen()
    this.checkNewest()
    if (signal?.aborted) throw new StatewardError('ABORTED', 'aborted')
  }

  checkFits(records: readonly Uint8Array[], durability: AppendOptions['durability']): void {
    const { maxBatchBytes, maxBatchRecords, maxRecordBytes, survives } = this.caps
    if (survives[durability] === undefined) throw new StatewardError('UNSUPPORTED', `no level ${durability}`)
    const fits =
      records.length <= maxBatchRecords &&
      Buffer.concat(records).length <= maxBatchBytes &&
      records.every((record) => record.length <= maxRecordBytes)
    if (!fits) throw new StatewardError('TOO_LARGE', 'too large')
  }

  conflict(message: string, cause?: unknown): never {
    throw new StatewardError('CONFLICT', message, { cause })
  }

  /** One batch a commit, so that a batch never mixes epochs. */
  async *commits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
    this.checkOpen()
    this.checkKept(from)
    for (let seq = from; seq <= tail; seq++) {
      this.checkOpen()
      yield* this.commit(seq)
    }
  }

  *commit(seq: Seq): Generator<LogBatch> {
    const commit = this.log.commits[seq - 1]
    const record = commit && this.log.cells[commit.ptr]
    if (record !== undefined && commit !== undefined)
      yield { firstSeq: seq, epoch: commit.epoch, records: [record], ptrs: [commit.ptr] }
  }

  async *rows(rows: readonly { seq: Seq; ptr: Ptr }[]): StoredBase['chunks'] {
    for (const { seq, ptr } of rows) {
      const record = this.log.cells[ptr]
      if (record !== undefined) yield { seqs: [seq], records: [record], ptrs: [ptr] }
    }
  }
}
