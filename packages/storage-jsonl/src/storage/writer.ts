import type {
  Appended,
  AppendOptions,
  BaseChunk,
  Durability,
  Epoch,
  LogBatch,
  LogStats,
  LogWriter,
  Ptr,
  SaveBaseOptions,
  Seq,
  TruncateOptions,
} from '@stateward/contract'
import type { ActiveSegment } from '../appending/active-segment.ts'
import { ClockWatch } from '../appending/clock-watch.ts'
import { GroupCommit } from '../appending/group-commit.ts'
import { Pacer } from '../appending/pacer.ts'
import { Proof } from '../appending/proof.ts'
import { assertRoomForBase, Room } from '../appending/room.ts'
import { nextSegment } from '../appending/rotation.ts'
import { sealLog } from '../appending/seal-log.ts'
import type { SummedTail } from '../caches/cache-claim.ts'
import { closedError } from '../environment/append-errors.ts'
import { storageFailed } from '../environment/failure.ts'
import type { Settings } from '../environment/options.ts'
import { RowsFailed } from '../environment/rows-failed.ts'
import { checkpointOf } from '../files/checkpoint.ts'
import { removeObsolete } from '../files/obsolete.ts'
import type { Manifest } from '../format/manifest.ts'
import { Fence } from '../locking/fence.ts'
import type { HeldLock } from '../locking/lock.ts'
import { assertBaseable, writeBase } from '../maintenance/save-base.ts'
import { scrubLog } from '../maintenance/scrub-log.ts'
import { truncateLog } from '../maintenance/truncate.ts'
import { WriterCaches } from '../maintenance/writer-caches.ts'
import { WriterHints } from '../maintenance/writer-hints.ts'
import { type LogSource, newestBase } from '../manifest/log-source.ts'
import { ManifestKeeper } from '../manifest/manifest-keeper.ts'
import { Bell } from '../reading/bell.ts'
import { LogView } from '../reading/log-view.ts'
import type { WriterOptions } from './writer-options.ts'

/** The one writer of a store. */
export class JsonlWriter implements LogWriter, LogSource {
  readonly epoch: Epoch
  readonly #settings: Settings
  readonly #lock: HeldLock
  readonly #fence: Fence
  readonly #keeper: ManifestKeeper
  readonly #commits: GroupCommit
  readonly #view: LogView
  readonly readKept: LogView['readKept'] = (from, signal) => this.#view.readKept(from, signal)
  readonly loadBase: LogView['loadBase'] = () => this.#view.loadBase()
  readonly verify: LogView['verify'] = (signal) => this.#view.verify(signal)
  readonly scrub: NonNullable<LogWriter['scrub']> = (options) =>
    scrubLog({ ...this.#settings, source: this, closing: this.#closing.signal }, options)
  readonly activePlaces: LogSource['activePlaces'] = (segment) => this.#commits.placesOf(segment)
  readonly #pacer: Pacer
  readonly #room: Room
  readonly #bell = new Bell()
  /** Ends what may take long. */
  readonly #closing = new AbortController()
  #tail: SummedTail
  readonly #proof: Proof
  #maintenance: Promise<unknown> = Promise.resolve()
  #retired: Promise<void> | undefined
  #closed: Promise<void> | undefined
  readonly #hints: WriterHints
  readonly caches: WriterCaches
  readonly readAt: NonNullable<LogWriter['readAt']> = (seqs, signal) => this.#view.readAt(seqs, signal)

  constructor({ settings, lock, recovered, notify = () => {} }: WriterOptions) {
    const { environment, dir } = settings
    const { active, manifest, lastSeq, ended } = recovered
    this.epoch = manifest.epoch
    this.#settings = settings
    this.#lock = lock
    this.#fence = new Fence({ ...settings, ...environment, lock, epoch: this.epoch })
    this.#keeper = new ManifestKeeper(environment, dir, manifest)
    this.#tail = active.tailAt(lastSeq)
    this.#commits = new GroupCommit({
      active,
      lastSeq,
      segmentBytes: settings.segmentBytes,
      segmentAgeMs: settings.segmentAgeMs,
      clock: environment.clock,
      rotate: (last) => this.#rotate(last),
      fence: this.#fence,
      committed: (level) => this.#committed(level),
      full: (error) => this.#room.full(error),
      stopped: ({ code, message }) => notify({ kind: 'stopped', code, message }),
    })
    this.#proof = new Proof(this.#commits, environment.clock)
    this.#room = new Room({ ...settings, environment, notify, probe: (resumed) => this.#proof.probe(resumed) })
    const beside = { environment, dir, source: this, notify }
    this.#view = new LogView(beside)
    const { files, hints } = this.#view
    this.#hints = new WriterHints(hints, beside)
    if (ended !== undefined) this.#hints.save(ended)
    const { signal: closing } = this.#closing
    const prove = () => this.#proof.prove()
    this.caches = new WriterCaches({ ...beside, files, commits: this.#commits, prove, closing })
    this.#pacer = new Pacer(environment.timers, settings, {
      sync: () => this.#commits.exclusive(() => this.#commits.sync()).then(prove),
      prove,
      check: () => this.#commits.lookAround(),
      watch: new ClockWatch(environment.clock, notify),
    })
  }

  /** Makes what a new writer should have beside its log. */
  prepare(): Promise<void> {
    this.#hints.sweep()
    return this.#room.prepare()
  }

  get manifest(): Manifest {
    return this.#keeper.current
  }

  get tail(): SummedTail {
    return this.#tail
  }

  /** A writer knows its log. */
  async refresh(): Promise<void> {}

  tailNow(): Seq {
    return this.#tail.lastSeq
  }

  async moved(seen: Seq, signal: AbortSignal): Promise<void> {
    if (this.#tail.lastSeq <= seen) await this.#bell.next(signal)
  }

  append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    if (this.#retired !== undefined) return Promise.reject(closedError())
    return this.#commits.append(records, options)
  }

  async saveBase(upTo: Seq, chunks: AsyncIterable<BaseChunk>, options: SaveBaseOptions = {}): Promise<Float64Array> {
    return this.#maintain(async () => {
      const { environment, dir } = this.#settings
      await this.#room.giveWay()
      await assertRoomForBase(environment.disk, dir, newestBase(this.manifest)?.bytes ?? options.bytes)
      await this.#commits.exclusive(() => this.#beforeBase(upTo))
      const base = {
        dir,
        manifest: this.manifest,
        segment: this.#keeper.newSegment(),
        upTo,
        chunks,
        checkpoint: checkpointOf('saving a base', options, this.#closing.signal),
      }
      const write = this.#commits.guarded(() => writeBase(environment, base), 'saving a base')
      const { entry, ptrs } = await write.catch((error: unknown) => {
        throw error instanceof RowsFailed ? error.cause : error
      })
      await this.#check()
      await this.#publish((manifest) => ({ ...manifest, segments: [...manifest.segments, entry] }))
      return ptrs
    })
  }

  async truncate(upTo: Seq, options: TruncateOptions = {}): Promise<void> {
    await this.#maintain(async () => {
      await this.#room.giveWay()
      await this.#check()
      await this.#commits.guarded(async () => {
        const { obsolete, archived } = await truncateLog(this.#settings.environment, {
          settings: this.#settings,
          keeper: this.#keeper,
          publish: (change) => this.#publish(change),
          upTo,
          ...options,
          checkpoint: checkpointOf('truncating the log', options, this.#closing.signal),
        })
        this.#view.forget(obsolete)
        await removeObsolete(this.#settings.environment.disk, this.#settings.dir, obsolete)
        this.#hints.saveMembers(archived)
      }, 'truncating the log')
    })
    // Not waited for: this may have been what makes room.
    this.#room.look()
  }

  async stats(): Promise<LogStats> {
    const stats = await this.#view.stats()
    const { stopped, durableSeq } = this.#commits
    const syncMs = this.#commits.syncMs.distribution()
    return {
      ...stats,
      durableSeq,
      syncMs,
      bufferBytes: this.#commits.buffer.bytes,
      health: stopped !== undefined ? 'failed' : this.#room.isFull ? 'full' : 'ok',
    }
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

  /** Settles what was appended, ends the segment in order and gives the lock back. A writer that has stopped only lets go. */
  retire(): Promise<void> {
    this.#retired ??= this.#retire().catch((error: unknown) => {
      throw storageFailed(error, 'closing the log')
    })
    return this.#retired
  }

  async #retire(): Promise<void> {
    this.#pacer.close()
    this.#closing.abort(closedError())
    await this.#room.close()
    try {
      await this.#maintenance
      await this.caches.settled()
      await this.#commits.drained()
      if (this.#commits.stopped === undefined) await this.#commits.exclusive(() => this.#seal())
    } finally {
      await this.#hints.settled()
      await this.#commits.active.file.close().catch(() => {})
      await this.#lock.release()
    }
  }

  /** Retires, and lets go of what was kept open to be read. */
  close(): Promise<void> {
    this.#closed ??= this.retire().finally(() => this.#view.close())
    return this.#closed
  }

  async #seal(): Promise<void> {
    const { environment, dir } = this.#settings
    const { obsolete } = this.manifest
    await this.#room.giveWay()
    await sealLog(environment, { dir, commits: this.#commits, obsolete, publish: (change) => this.#publish(change) })
    this.#hints.save(this.#commits.active)
  }

  #committed(level: Durability): void {
    const { active, writtenSeq } = this.#commits
    this.#tail = active.tailAt(writtenSeq)
    this.#pacer.committed(level)
    this.#bell.ring()
  }

  async #rotate(lastSeq: Seq): Promise<ActiveSegment> {
    const { environment, dir } = this.#settings
    await this.#fence.assertNewest()
    const from = this.#commits.active
    const next = await nextSegment(environment, { dir, keeper: this.#keeper, from, lastSeq })
    this.#hints.save(from)
    this.#tail = next.tailAt(lastSeq)
    return next
  }

  async #beforeBase(upTo: Seq): Promise<void> {
    const { active, writtenSeq } = this.#commits
    assertBaseable(upTo, this.manifest, writtenSeq)
    if (upTo === writtenSeq && writtenSeq >= active.firstSeq) await this.#commits.rotate()
    else await this.#commits.sync()
  }

  #check(): Promise<void> {
    return this.#commits.guarded(() => this.#fence.assertNewest(), 'looking for another writer')
  }

  #publish(change: (manifest: Manifest) => Manifest): Promise<void> {
    return this.#commits.guarded(() => this.#keeper.publish(change), 'publishing the manifest')
  }

  /** Bases and truncations take place one after the other. */
  #maintain<T>(action: () => Promise<T>): Promise<T> {
    if (this.#retired !== undefined) return Promise.reject(closedError())
    const done = this.#maintenance.then(action)
    this.#maintenance = done.catch(() => {})
    return done
  }
}
