import {
  type CacheSaved,
  type Caches,
  type LogReader,
  type LostCommits,
  limits,
  type Seq,
  type WritableCaches,
} from '@stateward/contract'
import { joined } from '../log/commits-of.ts'
import { lineTargets } from '../log/line-targets.ts'
import { historyCacheName, loadHistoryCache, saveHistoryCache } from './history-cache.ts'
import { recordHash } from './record-hash.ts'
import { TimeBlocks } from './time-blocks.ts'
import { VersionPostings } from './version-postings.ts'

export interface HistoryIndexOptions {
  readonly reader: LogReader
  /** The last commit that was there before `noted` began to tell. */
  readonly lastSeq: Seq
  /** Versions that it knows at most; of older ones the log is read. */
  readonly versions: number
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

interface Target {
  readonly type: string
  readonly id: string
}

/**
 * Which commits have versions of a record, and which came when. What is committed while the log is open is noted as it
 * comes; what was there before is loaded, when it is first asked for, from the cache beside the log, and what that does
 * not know, from the log itself. May over-answer, never under-answer, from commit `from` on.
 */
export class HistoryIndex {
  readonly times: TimeBlocks = new TimeBlocks()
  readonly #options: HistoryIndexOptions
  /** What is noted; when the past has been loaded, that too. */
  #postings: VersionPostings
  #upTo: Seq
  #lost: readonly LostCommits[] = []
  #loading: Promise<void> | undefined
  #isLoaded = false
  #savedUpTo: Seq = 0

  constructor(options: HistoryIndexOptions) {
    this.#options = options
    this.#upTo = options.lastSeq
    this.#postings = new VersionPostings(options.versions)
  }

  /** Everything up to this commit is in, once `ready` has resolved. */
  get upTo(): Seq {
    return this.#upTo
  }

  get bytes(): number {
    return this.#postings.bytes + this.times.bytes
  }

  /** Of commits before this one nothing is known. */
  get from(): Seq {
    return this.#postings.from
  }

  /** Commits that salvages have given up, ascending. */
  get lost(): readonly LostCommits[] {
    return this.#lost
  }

  /** Takes a commit in that has just become durable; they come in order. */
  noted(seq: Seq, timestamp: string, changes: readonly { readonly change: Target }[]): void {
    for (const { change } of changes) this.#postings.add(recordHash(change.type, change.id), seq)
    this.times.note(seq, timestamp)
    this.#upTo = seq
  }

  /** Resolves when the past is known: at once, but for the first time. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  /** Commits that may have a version of this record, ascending; only after `ready`. */
  seqsOf(type: string, id: string): Seq[] {
    return this.#postings.seqsOf(recordHash(type, id))
  }

  async #load(): Promise<void> {
    const { reader, lastSeq, versions } = this.#options
    const past = new VersionPostings(versions)
    const cached = await loadHistoryCache(reader.caches, { postings: past, times: this.times })
    this.#savedUpTo = cached?.upTo ?? 0
    this.#lost = cached?.lost ?? []
    // A cache that could not be read to its end may have left some of its runs.
    const postings = cached === undefined ? new VersionPostings(versions) : past
    await this.#read(postings, (cached?.upTo ?? 0) + 1, lastSeq)
    postings.append(this.#postings)
    this.#postings = postings
    this.#isLoaded = true
  }

  async #read(postings: VersionPostings, from: Seq, to: Seq): Promise<void> {
    if (from > to) return
    const { reader, breathe } = this.#options
    const start = reader.readKept === undefined ? Math.max(from, (await reader.stats()).firstSeq) : from
    for await (const { firstSeq, records, lost } of reader.readKept?.(start) ?? reader.read(start)) {
      if (lost !== undefined && lost.to >= from) this.#lost = withLost(this.#lost, lost)
      for (const [at, record] of records.entries()) {
        const seq = firstSeq + at
        if (seq < from) continue
        if (seq > to) return
        const { timestamp, targets } = lineTargets(record, seq)
        for (const { type, id } of targets) postings.add(recordHash(type, id), seq)
        this.times.note(seq, timestamp)
      }
      await breathe()
    }
  }

  /** Loads the past where that is cheap, so that a compaction costs it no more than its cache. Resolves with whether it is known. */
  async preload(caches: Caches | undefined): Promise<boolean> {
    if (this.#isLoaded) return true
    const known = await caches?.load(historyCacheName)
    const gap = this.#options.lastSeq - (known?.upTo ?? 0)
    await known?.close()
    if (gap > limits.txidWindow) return false
    await this.ready()
    return true
  }

  /**
   * Saves what is known beside the log, if that is worth `least` commits and can be had without reading much; a failure
   * costs the next opening's time and nothing else.
   */
  async save(caches: WritableCaches | undefined, least: number, signal: AbortSignal): Promise<CacheSaved | undefined> {
    if (caches === undefined || this.#upTo - Math.max(0, this.#savedUpTo) < least) return undefined
    // Who has never asked about the past shall not wait for it at the close.
    if (!(await this.preload(caches)) || this.#upTo - this.#savedUpTo < least) return undefined
    const saved = await saveHistoryCache(caches, this.#state(), signal)
    if (saved.saved) this.#savedUpTo = this.#upTo
    return saved
  }

  /** The log has let go of what the saved one belongs to. */
  outdated(): void {
    this.#savedUpTo = Number.NEGATIVE_INFINITY
  }

  #state(): Parameters<typeof saveHistoryCache>[1] {
    // First, because this may let go of the oldest of them, and then they begin later.
    const runs = this.#postings.save()
    return {
      upTo: this.#upTo,
      from: this.from,
      runs,
      times: this.times.save(),
      latest: this.times.latest,
      lost: this.#lost,
    }
  }
}

function withLost(known: readonly LostCommits[], lost: LostCommits): readonly LostCommits[] {
  const last = known.at(-1)
  if (last !== undefined && lost.from <= last.to) return known
  return last !== undefined && last.to + 1 === lost.from
    ? [...known.slice(0, -1), joined(last, lost)]
    : [...known, lost]
}
