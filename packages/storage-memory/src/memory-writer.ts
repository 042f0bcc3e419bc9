import {
  type Appended,
  type AppendOptions,
  type BaseChunk,
  type Caps,
  type Epoch,
  hasCode,
  type LogWriter,
  type MaintenanceOptions,
  type Ptr,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import { collectRows } from './memory-base.ts'
import type { MemoryLog } from './memory-log.ts'
import { MemoryReader, requireGoingOn } from './memory-reader.ts'

/** Writes to one memory log until it is closed, or fenced by a later writer. */
export class MemoryWriter extends MemoryReader implements LogWriter {
  readonly epoch: Epoch
  readonly #caps: Caps
  /** The append that was called last; it settles after all the former ones. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(log: MemoryLog, caps: Caps) {
    super(log)
    this.#caps = caps
    log.epoch += 1
    log.clean = false
    this.epoch = log.epoch
  }

  async append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    this.requireOpen()
    const appended = this.#last.then(() => this.#land(records, options), failedBefore)
    this.#last = appended
    // Only appends that were called before this failure settled fail with it.
    appended.catch(() => {
      if (this.#last === appended) this.#last = Promise.resolve()
    })
    return appended
  }

  async saveBase(
    upTo: Seq,
    chunks: AsyncIterable<BaseChunk>,
    { signal, breathe }: MaintenanceOptions = {},
  ): Promise<ArrayLike<Ptr>> {
    const rows = await collectRows(chunks, async () => {
      await breathe?.()
      requireGoingOn(signal)
      this.requireOpen()
      this.#requireNewest()
    })
    const lowest = this.log.base?.upTo ?? 0
    if (upTo < lowest || upTo > this.log.lastSeq) {
      throw new StatewardError(
        'CONFLICT',
        `a base is of a state from commit ${lowest} (the former base) to ${this.log.lastSeq} (the tail), and not of ${upTo}`,
        { details: { upTo, lowest, lastSeq: this.log.lastSeq } },
      )
    }
    return this.log.putBase({ upTo, ...rows })
  }

  async truncate(upTo: Seq): Promise<void> {
    this.requireOpen()
    this.#requireNewest()
    this.log.truncate(upTo)
  }

  override async close(): Promise<void> {
    if (this.closed) return
    if (this.epoch === this.log.epoch) this.log.clean = true
    await super.close()
    await this.#last.catch(() => undefined)
  }

  #land(records: readonly Uint8Array[], { expectedSeq, commitId, durability }: AppendOptions): Appended {
    if (this.#caps.survives[durability] === undefined) {
      throw new StatewardError('UNSUPPORTED', `memory has no durability level ${durability}`)
    }
    this.#requireFitting(records)
    const landed = records.length === 0 ? undefined : this.log.landed(expectedSeq, commitId)
    if (landed !== undefined) return landed
    this.#requireNewest()
    if (expectedSeq === this.log.lastSeq) return this.log.append(records, commitId, this.epoch)
    throw new StatewardError(
      'CONFLICT',
      `the append expects commit ${expectedSeq} to be the last, and the last is ${this.log.lastSeq}`,
      { details: { expectedSeq, lastSeq: this.log.lastSeq } },
    )
  }

  #requireNewest(): void {
    if (this.epoch === this.log.epoch) return
    throw new StatewardError(
      'FENCED',
      `this writer has epoch ${this.epoch}, and a later one with epoch ${this.log.epoch} has taken the log over`,
      { details: { epoch: this.epoch, newest: this.log.epoch } },
    )
  }

  #requireFitting(records: readonly Uint8Array[]): void {
    const { maxBatchBytes, maxBatchRecords, maxRecordBytes } = this.#caps
    let bytes = 0
    let longest = 0
    for (const record of records) {
      bytes += record.length
      longest = Math.max(longest, record.length)
    }
    if (longest <= maxRecordBytes && bytes <= maxBatchBytes && records.length <= maxBatchRecords) return
    throw new StatewardError(
      'TOO_LARGE',
      `a batch holds up to ${maxBatchRecords} records, ${maxBatchBytes} bytes and ${maxRecordBytes} bytes a record; this one has ${records.length} records, ${bytes} bytes and a record of ${longest} bytes`,
      { details: { records: records.length, bytes, longest } },
    )
  }
}

function failedBefore(cause: unknown): never {
  const code = hasCode(cause, 'FENCED') ? 'FENCED' : 'CONFLICT'
  throw new StatewardError(code, 'an append that was called before this one has failed, so this one has not landed', {
    cause,
  })
}
