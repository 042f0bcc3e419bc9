import type {
  Caches,
  DiskStat,
  LogBatch,
  LogReader,
  LogStats,
  Ptr,
  Seq,
  StorageCheck,
  StoredBase,
} from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { JsonlCaches } from '../caches/caches.ts'
import { bounds } from '../environment/bounds.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import type { Settings } from '../environment/options.ts'
import { fileChunks, wholeLines } from '../files/chunks.ts'
import { type ActiveEntry, knownLastSeq, type Manifest } from '../format/manifest.ts'
import type { SeekTable } from '../format/seek-table.ts'
import type { LogSource, Tail } from '../manifest/log-source.ts'
import { manifestToRead } from '../manifest/reader-manifest.ts'
import { corrupt } from '../scanning/damage.ts'
import { Scan } from '../scanning/scan.ts'
import { Bell } from './bell.ts'
import { LogView } from './log-view.ts'

const lostCommits = 'Nothing was changed. Commits were lost: restore the file from a copy.'

/** Reads a store that another process may be writing. Takes no lock, writes nothing, and believes only what is proven durable. */
export class JsonlReader implements LogReader, LogSource {
  readonly #settings: Settings
  readonly #view: LogView
  readonly #bell = new Bell()
  #manifest: Manifest | undefined
  #manifestStat: DiskStat | undefined
  #tail: Tail = { segment: -1, bytes: 0, lastSeq: 0 }
  #scan: { readonly segment: number; readonly scan: Scan; size: number } | undefined
  #refreshing: Promise<void> | undefined
  #unwatch: (() => void) | undefined
  /** The last commit that was waited for in vain. */
  #waitedFor: Seq = -1
  readonly #closing = new AbortController()
  readonly caches: Caches

  constructor(settings: Settings) {
    this.#settings = settings
    const { environment, dir } = settings
    this.#view = new LogView({ environment, dir, source: this })
    this.caches = new JsonlCaches({ environment, dir, source: this, files: this.#view.files })
  }

  get manifest(): Manifest | undefined {
    return this.#manifest
  }

  get tail(): Tail {
    return this.#tail
  }

  /** Looks at the manifest and at the end of the segment that is being written. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshTwice()
      .catch((error: unknown) => {
        throw storageFailed(error, 'looking at the log')
      })
      .finally(() => {
        this.#refreshing = undefined
      })
    return this.#refreshing
  }

  /**
   * A line that is there and not yet proven may have been acknowledged just now. The writer proves it with its next
   * batch, or when it is idle: that is waited for, a while. A writer that has died proves nothing more.
   */
  async tailNow(): Promise<Seq> {
    await this.refresh()
    const { clock } = this.#settings.environment
    const seen = this.#scan?.scan.lastSeq ?? 0
    const until = clock.monotonicMs() + bounds.proofPatienceMs
    while (this.#tail.lastSeq < seen && this.#waitedFor !== seen) {
      if (clock.monotonicMs() >= until) this.#waitedFor = seen
      else await this.#wait(bounds.proofPollMs, this.#closing.signal)
      await this.refresh()
    }
    return this.#tail.lastSeq
  }

  activePlaces(segment: number): SeekTable | undefined {
    return this.#scan?.segment === segment ? this.#scan.scan.places : undefined
  }

  async moved(_seen: Seq, signal: AbortSignal): Promise<void> {
    await this.#wait(this.#settings.pollMs, signal)
  }

  stats(): Promise<LogStats> {
    return this.#view.stats()
  }

  read(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return this.#view.read(from, signal)
  }

  readKept(from: Seq, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return this.#view.readKept(from, signal)
  }

  readAt(seqs: readonly Seq[], signal?: AbortSignal): Promise<(Uint8Array | undefined)[]> {
    return this.#view.readAt(seqs, signal)
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

  verify(signal?: AbortSignal): Promise<StorageCheck> {
    return this.#view.verify(signal)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#unwatch?.()
    this.#view.close()
  }

  /** Until something changes in the directory, as far as the disk tells, or the time is over. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { environment, dir } = this.#settings
    this.#unwatch ??= environment.disk.watch(dir, () => this.#bell.ring())
    const cancel = environment.timers.after(ms, () => this.#bell.ring(), { keepAlive: true })
    try {
      await this.#bell.next(signal)
    } finally {
      cancel()
    }
  }

  /** Between reading the manifest and opening the segment it names, a writer may have replaced both. */
  async #refreshTwice(): Promise<void> {
    try {
      await this.#refresh()
    } catch (error) {
      if (diskCode(error) !== 'ENOENT') throw error
      this.#manifestStat = undefined
      this.#manifest = undefined
      await this.#refresh()
    }
  }

  async #refresh(): Promise<void> {
    const { environment, dir } = this.#settings
    const found = await manifestToRead(environment.disk, dir, { manifest: this.#manifest, stat: this.#manifestStat })
    if (found.manifest !== this.#manifest) this.#view.forget(namesGone(this.#manifest, found.manifest))
    this.#manifest = found.manifest
    this.#manifestStat = found.stat
    if (this.#closing.signal.aborted)
      throw new StatewardError('CLOSED', 'the reader was closed: open the log again to read.')
    const active = found.manifest?.segments.find((entry): entry is ActiveEntry => entry.kind === 'active')
    if (active !== undefined) return this.#look(active)
    this.#scan = undefined
    this.#tail = { segment: -1, bytes: 0, lastSeq: found.manifest === undefined ? 0 : knownLastSeq(found.manifest) }
  }

  /** Reads on where the last look ended. A line that is not whole, or does not read, may be in the middle of being written. */
  async #look(active: ActiveEntry): Promise<void> {
    const { segment, file: name, firstSeq } = active
    let known = this.#scan?.segment === segment ? this.#scan : undefined
    await this.#view.files.using(name, async (file) => {
      const { bytes: size } = await file.stat()
      if (known?.scan.firstBad !== undefined && known.size !== size) known = undefined
      known ??= { segment, scan: new Scan(name), size: 0 }
      this.#scan = known
      const { scan } = known
      if (scan.firstBad === undefined) {
        known.size = size
        const from = scan.goodBytes
        for await (const piece of wholeLines(fileChunks(file, { from, to: size }), from)) {
          if (piece.whole) scan.look(piece)
        }
      }
      // A line behind the bad one says that it was durable: nobody is in the middle of writing it.
      if (scan.provenBehind > scan.lastSeq) throw corrupt(scan.damage, lostCommits)
    })
    const proven = this.#scan?.scan.proven
    const lastSeq = Math.max(firstSeq - 1, proven?.seq ?? 0)
    if (this.#tail.segment === segment && lastSeq <= this.#tail.lastSeq) return
    this.#tail = { segment, bytes: proven?.byte ?? 0, lastSeq }
  }
}

function namesGone(before: Manifest | undefined, now: Manifest | undefined): string[] {
  const kept = new Set(now?.segments.map(({ file }) => file))
  return (before?.segments ?? []).map(({ file }) => file).filter((file) => !kept.has(file))
}
