import {
  type LogBatch,
  type LogStats,
  type Ptr,
  type Seq,
  StatewardError,
  type StorageCheck,
  type StoredBase,
} from '@stateward/contract'
import { Hints, type HintsOptions } from '../caches/hints.ts'
import { closedError } from '../environment/append-errors.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { FileCache } from '../files/file-cache.ts'
import { ReadPace } from '../files/read-pace.ts'
import { Scratches } from '../files/scratches.ts'
import { firstSeqOf, type LogSource, newestBase, openingCostOf, partsOf } from '../manifest/log-source.ts'
import { DamagedLine, damageIn, damageInSync } from '../scanning/damage.ts'
import { fetchLines, type Target } from '../scanning/fetch-lines.ts'
import { loadBase } from './load-base.ts'
import { readCommitsAt } from './read-at.ts'
import { cursorAt, type ReadPlace, readKept, readLog } from './read-log.ts'
import { verifyLog } from './verify-log.ts'

/** Everything that is read of a log, for whoever knows where it ends: its writer or a reader. */
export class LogView {
  readonly files: FileCache
  readonly hints: Hints
  readonly #source: LogSource
  #isClosed = false
  /** Ends those who follow; there is none before anyone does. */
  #closing: AbortController | undefined
  #targets: { readonly manifest: unknown; readonly bySegment: ReadonlyMap<number, Target> } | undefined
  readonly #scratches = new Scratches()
  readonly #pace: ReadPace

  constructor({ environment, dir, source, notify }: HintsOptions) {
    this.files = new FileCache(environment.disk, dir)
    this.hints = new Hints({ environment, dir, source, notify })
    this.#source = source
    this.#pace = new ReadPace(environment.clock)
  }

  async stats(): Promise<LogStats> {
    this.#assertOpen()
    await this.#source.tailNow()
    const { manifest, tail } = this.#source
    const bytes = (manifest?.segments ?? []).reduce((sum, entry) => {
      if (entry.kind === 'archive') return sum + entry.packedBytes
      if (entry.kind === 'active') return sum + (entry.segment === tail.segment ? tail.bytes : 0)
      return sum + entry.bytes
    }, 0)
    return {
      firstSeq: firstSeqOf(this.#source),
      lastSeq: tail.lastSeq,
      epoch: manifest?.epoch ?? 0,
      bytes,
      segments: manifest?.segments.length ?? 0,
      opening: openingCostOf(this.#source),
      ...(manifest?.lost === undefined ? {} : { lost: manifest.lost }),
    }
  }

  read(from: Seq, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    const tail = this.#isClosed ? 0 : this.#source.tailNow()
    // Whoever never begins to read shall not be told of a failure either.
    if (tail instanceof Promise) tail.catch(() => {})
    return this.#readUpTo(tail, from, signal)
  }

  async *#readUpTo(tail: Seq | Promise<Seq>, from: Seq, signal: AbortSignal | undefined): AsyncGenerator<LogBatch> {
    this.#assertOpen()
    assertNotAborted(signal)
    const cursor = cursorAt(Math.max(from, 1))
    for await (const batch of readLog(this.#place, cursor, await tail)) {
      assertNotAborted(signal)
      this.#assertOpen()
      yield batch
    }
  }

  /** As `read`, of everything that is there: neither `TRIMMED`, nor stopped by what retention has let go of. */
  readKept(from: Seq, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    const tail = this.#isClosed ? 0 : this.#source.tailNow()
    if (tail instanceof Promise) tail.catch(() => {})
    return this.#readKeptUpTo(tail, from, signal)
  }

  async *#readKeptUpTo(tail: Seq | Promise<Seq>, from: Seq, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    this.#assertOpen()
    assertNotAborted(signal)
    for await (const batch of readKept(this.#place, Math.max(from, 1), await tail)) {
      assertNotAborted(signal)
      this.#assertOpen()
      yield batch
    }
  }

  /** The commits of these numbers, wherever they stand; `undefined` for those that are not there. */
  async readAt(seqs: readonly Seq[], signal?: AbortSignal): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen()
    assertNotAborted(signal)
    const tail = await this.#source.tailNow()
    const found = await readCommitsAt(this.#place, seqs, tail)
    return seqs.map((seq) => found.get(seq))
  }

  async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<LogBatch> {
    const cursor = cursorAt(Math.max(from, 1))
    const either = AbortSignal.any([signal, this.#closingSignal()])
    while (!signal.aborted) {
      await this.#refresh()
      for await (const batch of readLog(this.#place, cursor, this.#source.tail.lastSeq)) {
        if (signal.aborted) return
        this.#assertOpen()
        yield batch
      }
      await this.#source.moved(cursor.next - 1, either)
    }
  }

  async fetch(ptrs: readonly Ptr[], tries = 0): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen()
    const dialogue = fetchLines(ptrs, (segment) => this.#target(segment))
    try {
      let step = dialogue.next()
      while (!step.done) {
        const { file: name, position, length } = step.value
        const scratch = this.#scratches.take(length)
        const bytes = scratch.subarray(0, length)
        let count: number
        if (this.#pace.allows(length))
          count = this.#pace.measured(length, () => this.files.sync(name).readSync(bytes, position))
        else {
          count = await this.files.using(name, (file) => file.read(bytes, position))
          this.#pace.turned()
        }
        step = dialogue.next(bytes.subarray(0, count))
        // Where reading fails, the system may still be writing to it.
        this.#scratches.give(scratch)
      }
      return step.value
    } catch (error) {
      if (diskCode(error) === 'ENOENT' && tries === 0) {
        // A truncation took the file away in the middle of this: its pointers are dead by now.
        await this.#source.refresh()
        return this.fetch(ptrs, 1)
      }
      throw error instanceof DamagedLine ? await this.#locate(error) : storageFailed(error, 'reading the log')
    }
  }

  fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
    this.#assertOpen()
    const dialogue = fetchLines(ptrs, (segment) => this.#target(segment))
    try {
      let step = dialogue.next()
      while (!step.done) {
        const { file: name, position, length } = step.value
        const scratch = this.#scratches.take(length)
        const bytes = scratch.subarray(0, length)
        step = dialogue.next(bytes.subarray(0, this.files.sync(name).readSync(bytes, position)))
        this.#scratches.give(scratch)
      }
      return step.value
    } catch (error) {
      if (error instanceof DamagedLine) throw damageInSync(this.files.sync(error.file), error)
      throw storageFailed(error, 'reading the log')
    }
  }

  async loadBase(): Promise<StoredBase | undefined> {
    await this.#refresh()
    const entry = newestBase(this.#source.manifest)
    return entry === undefined ? undefined : { upTo: entry.upTo, chunks: loadBase(this.files, entry) }
  }

  async verify(signal?: AbortSignal): Promise<StorageCheck> {
    this.#assertOpen()
    await this.#source.tailNow()
    return verifyLog({ source: this.#source, files: this.files }, signal)
  }

  /** Lets go of files whose names are about to mean something else, or nothing. */
  forget(names: readonly string[]): void {
    this.files.drop(names)
  }

  close(): void {
    this.#isClosed = true
    this.#closing?.abort(closedError())
    this.files.close()
  }

  #closingSignal(): AbortSignal {
    this.#closing ??= new AbortController()
    if (this.#isClosed) this.#closing.abort(closedError())
    return this.#closing.signal
  }

  get #place(): ReadPlace {
    return { source: this.#source, files: this.files, hints: this.hints }
  }

  async #refresh(): Promise<void> {
    this.#assertOpen()
    await this.#source.refresh()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StatewardError('CLOSED', 'the log was closed: open it again to read.')
  }

  #target(segment: number): Target | undefined {
    const { manifest, tail } = this.#source
    if (this.#targets === undefined || this.#targets.manifest !== manifest) {
      this.#targets = { manifest, bySegment: targetsOf(this.#source) }
    }
    const target = this.#targets.bySegment.get(segment)
    return segment === tail.segment && target !== undefined ? { ...target, bytes: tail.bytes } : target
  }

  async #locate(error: DamagedLine): Promise<StatewardError> {
    return this.files.using(error.file, (file) => damageIn(file, error))
  }
}

function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StatewardError('ABORTED', 'reading the log was aborted by the caller.')
}

function targetsOf(source: LogSource): Map<number, Target> {
  const deadSeq = source.manifest?.truncated ?? 0
  const targets = new Map<number, Target>()
  for (const { entry, lastSeq, bytes } of partsOf(source)) {
    if (entry.kind === 'archive') continue
    if (entry.kind === 'active' || lastSeq > deadSeq)
      targets.set(entry.segment, { file: entry.file, isPlain: entry.kind === 'plain', bytes, deadSeq })
  }
  for (const entry of source.manifest?.segments ?? []) {
    if (entry.kind === 'base')
      targets.set(entry.segment, { file: entry.file, isPlain: false, bytes: entry.bytes, deadSeq: -1 })
  }
  return targets
}
