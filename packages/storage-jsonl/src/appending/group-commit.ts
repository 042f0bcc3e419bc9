import {
  type Appended,
  type AppendOptions,
  type Clock,
  type Durability,
  Histogram,
  hasCode,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import { conflictError, fullError, stillFullError, unknownError } from '../environment/append-errors.ts'
import { isHarmless, storageFailed } from '../environment/failure.ts'
import { whyUnfit } from '../format/record-check.ts'
import type { SeekTable } from '../format/seek-table.ts'
import type { Fence } from '../locking/fence.ts'
import type { ActiveSegment } from './active-segment.ts'
import { BatchBuffer, roomFor } from './batch-buffer.ts'
import { timed } from './timed.ts'
import { levelOfBatch, takeBatch, type Waiting } from './waiting.ts'
import { writeBatch } from './write-batch.ts'

export interface GroupCommitOptions {
  readonly active: ActiveSegment
  readonly lastSeq: Seq
  readonly segmentBytes: number
  /** 0: a segment does not end for its age. */
  readonly segmentAgeMs: number
  readonly clock: Clock
  /** Ends the active segment at `lastSeq` and makes the next one; leaves everything as it was where it rejects as full. */
  readonly rotate: (lastSeq: Seq) => Promise<ActiveSegment>
  readonly fence: Pick<Fence, 'assertNewest' | 'isOld' | 'look'>
  /** Called after each batch, when `visible` has moved. */
  readonly committed: (level: Durability) => void
  /** Called when a write has found no room; until `resume` appends are refused without a try. */
  readonly full: (error: StatewardError) => void
  /** Called once, when nothing is written any more. */
  readonly stopped: (error: StatewardError) => void
}

/**
 * The queue of appends and the one hand that writes. One write and one sync are in flight; what arrives meanwhile is the
 * next batch. Everything else that touches the active segment runs between two batches, by `exclusive`.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly buffer: BatchBuffer = new BatchBuffer()
  readonly syncMs: Histogram = new Histogram(0.0001)
  #active: ActiveSegment
  #queue: Waiting[] = []
  #tasks: (() => Promise<void>)[] = []
  #running = false
  #isRefusing = false
  #idle: Promise<void> = Promise.resolve()
  #stopped: StatewardError | undefined
  /** Why appends are refused until there is room. */
  #fullness: StatewardError | undefined
  /** The tail as it will be when all that waits is written. */
  #queuedSeq: Seq
  #writtenSeq: Seq
  #durableSeq: Seq
  /** How much of the active segment is durable. */
  #syncedBytes: number

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#active = options.active
    this.#queuedSeq = options.lastSeq
    this.#writtenSeq = options.lastSeq
    this.#durableSeq = options.lastSeq
    this.#syncedBytes = options.active.bytes
  }

  get active(): ActiveSegment {
    return this.#active
  }

  /** Where lines begin of a segment, where that is the active one. */
  placesOf(segment: number): SeekTable | undefined {
    return segment === this.#active.segment ? this.#active.places : undefined
  }

  /** The last commit in the file; between batches only. */
  get writtenSeq(): Seq {
    return this.#writtenSeq
  }

  get durableSeq(): Seq {
    return this.#durableSeq
  }

  get stopped(): StatewardError | undefined {
    return this.#stopped
  }

  /** There is room again. */
  resume(): void {
    this.#fullness = undefined
  }

  append(records: readonly Uint8Array[], { expectedSeq, durability }: AppendOptions): Promise<Appended> {
    const refusal = this.#stopped ?? this.#noRoom(records) ?? whyUnfit(records) ?? this.#conflict(expectedSeq)
    if (refusal !== undefined) return this.#refuse(refusal)
    const room = roomFor(records)
    const firstSeq = expectedSeq + 1
    this.#queuedSeq = expectedSeq + records.length
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, room, firstSeq, durability, resolve, reject })
      this.#wake()
    })
  }

  /** Runs `task` when no batch is in flight, before the next one. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => task().then(resolve, reject))
      this.#wake()
    })
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async drained(): Promise<void> {
    while (this.#running) await this.#idle
  }

  /** Nothing is written from now on: what waits fails with `error`, and so does every later append. */
  stop(error: StatewardError): void {
    if (this.#stopped !== undefined) return
    this.#stopped = error
    this.#rejectQueue(error)
    this.#options.stopped(error)
  }

  /** Stops where another writer is found to have taken over. */
  async lookAround(): Promise<void> {
    const fenced = await this.#options.fence.look()
    if (fenced !== undefined) this.stop(fenced)
  }

  /** Makes all that is written durable. Between batches only. A failure stops the writer: nobody knows what is on the disk. */
  async sync(): Promise<void> {
    const { file, bytes } = this.#active
    // Lines of the storage's own count too: whatever is sealed into a manifest must be there.
    if (this.#syncedBytes === bytes) return
    const target = this.#writtenSeq
    await this.guarded(() => timed(this.syncMs, this.#options.clock, () => file.datasync()), 'syncing the log')
    this.#syncedBytes = bytes
    this.#durableSeq = target
  }

  /** Ends the active segment and goes on in a new one. Between batches only. */
  async rotate(): Promise<void> {
    await this.sync()
    try {
      this.#active = await this.guarded(() => this.#options.rotate(this.#writtenSeq), 'beginning a new segment')
    } catch (error) {
      throw hasCode(error, 'FULL') ? this.#full(error.cause) : error
    }
    this.#syncedBytes = this.#active.bytes
  }

  /** Appends a line of the storage's own. Between batches only. */
  async note(line: Uint8Array): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped
    const outcome = await writeBatch(this.#active, line)
    if (outcome.kind === 'full') throw this.#full(outcome.cause)
    if (outcome.kind === 'failed') {
      const failure = storageFailed(outcome.cause, 'writing to the log')
      this.stop(failure)
      throw failure
    }
  }

  /** Runs an action that, unless it fails in a way that is known to be harmless, leaves nobody sure of the disk: then this writer stops. */
  async guarded<T>(action: () => Promise<T>, doing: string): Promise<T> {
    if (this.#stopped !== undefined) throw this.#stopped
    try {
      return await action()
    } catch (error) {
      if (isHarmless(error)) throw error
      const failure = storageFailed(error, doing)
      this.stop(failure)
      throw failure
    }
  }

  /** An append fails all that are called after it, until its caller can know. */
  #refuse(refusal: StatewardError): Promise<never> {
    this.#isRefusing = true
    queueMicrotask(() => {
      this.#isRefusing = false
    })
    return Promise.reject(refusal)
  }

  /** A barrier needs no room. */
  #noRoom(records: readonly Uint8Array[]): StatewardError | undefined {
    return this.#fullness === undefined || records.length === 0 ? undefined : stillFullError(this.#fullness)
  }

  #conflict(expectedSeq: Seq): StatewardError | undefined {
    if (expectedSeq === this.#queuedSeq && !this.#isRefusing) return undefined
    return conflictError(expectedSeq, { lastSeq: this.#queuedSeq, isRefusing: this.#isRefusing })
  }

  #wake(): void {
    if (this.#running) return
    this.#running = true
    // Behind everything that runs now: all appends of this turn go into one batch.
    this.#idle = new Promise((resolve) => {
      queueMicrotask(() => process.nextTick(() => resolve(this.#run())))
    })
  }

  async #run(): Promise<void> {
    for (;;) {
      const task = this.#tasks.shift()
      if (task !== undefined) {
        await task()
        continue
      }
      const batch = takeBatch(this.#queue)
      if (batch.length === 0) break
      const outcome = await this.#store(batch).catch((error: unknown) => this.#unknown(batch, error))
      // No await from here to the next write: callers handle their answers while the disk is at work.
      if (outcome instanceof StatewardError) for (const { reject } of batch) reject(outcome)
      else this.#settle(batch, outcome)
    }
    this.#running = false
  }

  /** Writes a batch. Resolves with the pointers, or with why none of it is acknowledged. */
  async #store(batch: readonly Waiting[]): Promise<readonly (readonly number[])[] | StatewardError> {
    const room = batch.reduce((sum, append) => sum + append.room, 0)
    if (batch.some(({ records }) => records.length === 0)) {
      const refusal = await this.#options.fence.assertNewest().catch((error: unknown) => error)
      if (refusal !== undefined) return this.#stopWith(refusal)
    }
    if (room > 0 && this.#writtenSeq >= this.#active.firstSeq && this.#isOver(room)) {
      const refusal = await this.rotate().catch((error: unknown) => error)
      if (refusal !== undefined) return storageFailed(refusal, 'beginning a new segment')
    }
    const { segment, bytes: offset } = this.#active
    const place = { segment, offset, firstSeq: this.#writtenSeq + 1, dur: this.#durableSeq }
    const { bytes, ptrs } = this.buffer.fill(batch, room, place)
    const written = writeBatch(this.#active, bytes)
    const outcome = written instanceof Promise ? await written : written
    if (outcome.kind === 'full') return this.#full(outcome.cause)
    if (outcome.kind === 'failed') return this.#unknown(batch, outcome.cause)
    this.#active.places.noteBatch(place.firstSeq, ptrs, this.#active.bytes)
    const lastSeq = place.firstSeq + ptrs.reduce((sum, own) => sum + own.length, 0) - 1
    this.#writtenSeq = lastSeq
    if (levelOfBatch(batch) === 'commit') {
      try {
        await this.sync()
      } catch (error) {
        return this.#unknown(batch, error)
      }
    }
    if (this.#options.fence.isOld) await this.lookAround()
    return this.#stopped === undefined ? ptrs : this.#unknown(batch, this.#stopped)
  }

  /** Whether the active segment ends before `room` bytes more. */
  #isOver(room: number): boolean {
    const { segmentBytes, segmentAgeMs, clock } = this.#options
    const { bytes, madeMs } = this.#active
    return bytes + room > segmentBytes || (segmentAgeMs > 0 && clock.monotonicMs() - madeMs > segmentAgeMs)
  }

  #settle(batch: readonly Waiting[], ptrs: readonly (readonly number[])[]): void {
    this.#options.committed(levelOfBatch(batch))
    for (const [index, { records, firstSeq, resolve }] of batch.entries()) {
      resolve({ lastSeq: firstSeq + records.length - 1, ptrs: ptrs[index] ?? [] })
    }
  }

  #full(cause: unknown): StatewardError {
    const error = fullError(cause)
    this.#fullness = error
    this.#rejectQueue(error)
    this.#options.full(error)
    return error
  }

  #stopWith(refusal: unknown): StatewardError {
    const error = storageFailed(refusal, 'checking the lock')
    this.stop(error)
    return this.#stopped ?? error
  }

  #unknown(batch: readonly Waiting[], cause: unknown): StatewardError {
    this.stop(storageFailed(cause, 'writing to the log'))
    return unknownError(batch[0]?.firstSeq, cause)
  }

  #rejectQueue(error: StatewardError): void {
    this.#queuedSeq = this.#writtenSeq
    for (const { reject } of this.#queue.splice(0)) reject(error)
  }
}
