import {
  type Appended,
  type Damage,
  type Epoch,
  type LogBatch,
  type LogStats,
  type LogWriter,
  type Ptr,
  type Seq,
  StatewardError,
  type StorageCheck,
  type StoredBase,
} from '@stateward/contract'
import type { Settings } from '../environment/options.ts'
import type { Manifest } from '../format/manifest.ts'
import type { HeldLock } from '../locking/lock.ts'
import type { LogSource, Tail } from '../manifest/log-source.ts'
import { LogView } from '../reading/log-view.ts'
import type { ReadablePart } from './readable-part.ts'

export interface DamagedLogOptions {
  /** `dir` without links. */
  readonly settings: Settings
  readonly lock: HeldLock
  readonly part: ReadablePart
  readonly damage: readonly Damage[]
}

/** What still reads of a damaged log: its exact beginning. Holds the lock, so that nobody mends it meanwhile; writes nothing. */
export class DamagedLog implements LogWriter, LogSource {
  readonly epoch: Epoch
  readonly manifest: Manifest
  readonly tail: Tail
  readonly #view: LogView
  readonly #lock: HeldLock
  readonly #damage: readonly Damage[]
  readonly #dir: string
  #closed: Promise<void> | undefined

  constructor({ settings: { environment, dir }, lock, part, damage }: DamagedLogOptions) {
    this.manifest = part.manifest
    this.epoch = part.manifest.epoch
    this.tail = { segment: -1, bytes: 0, lastSeq: part.lastSeq }
    this.#view = new LogView({ environment, dir, source: this })
    this.#lock = lock
    this.#damage = damage
    this.#dir = dir
  }

  async refresh(): Promise<void> {}

  tailNow(): Seq {
    return this.tail.lastSeq
  }

  activePlaces(): undefined {
    return undefined
  }

  /** Nothing ever comes. */
  async moved(_seen: Seq, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  async stats(): Promise<LogStats> {
    return { ...(await this.#view.stats()), health: 'readonly' }
  }

  read(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return this.#view.read(from, signal)
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<LogBatch> {
    return this.#view.follow(from, signal)
  }

  fetch(ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> {
    return this.#view.fetch(ptrs)
  }

  fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
    return this.#view.fetchSync(ptrs)
  }

  loadBase(): Promise<StoredBase | undefined> {
    return this.#view.loadBase()
  }

  /** What reads is checked again; the log as a whole is damaged whatever that finds. */
  async verify(signal?: AbortSignal): Promise<StorageCheck> {
    const check = await this.#view.verify(signal)
    return { ...check, ok: false, damage: this.#damage }
  }

  append(): Promise<Appended> {
    return this.#refuse()
  }

  saveBase(): Promise<readonly Ptr[]> {
    return this.#refuse()
  }

  truncate(): Promise<void> {
    return this.#refuse()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#view.close()
    await this.#lock.release({ restore: true })
  }

  #refuse(): Promise<never> {
    if (this.#closed !== undefined) {
      return Promise.reject(new StatewardError('CLOSED', 'this writer was closed: open the store again to write.'))
    }
    const [first] = this.#damage
    const place = first === undefined ? '' : `, ${first.file} line ${first.line}: ${first.reason}`
    const message = `the log is damaged${place}. It was opened for what still reads, up to seq ${this.tail.lastSeq}, and takes no appends. Close it, then run: npx stateward repair --dir ${this.#dir}`
    return Promise.reject(new StatewardError('STORAGE_FAILED', message, { details: { damage: this.#damage } }))
  }
}
