import { join } from 'node:path'
import { type HintedEntry, type Hints, type HintsOptions, hintClaim } from '../caches/hints.ts'
import { saveCache } from '../caches/save-cache.ts'
import { bounds } from '../environment/bounds.ts'
import type { SeekTable } from '../format/seek-table.ts'
import { fileNames, hintName, segmentOfHint } from '../format/segment-name.ts'
import type { EndedSegment } from '../recovery/recovery.ts'
import type { WrittenArchive } from './archive.ts'

/** Keeps hint files beside the segments of a writer's log, one after the other. Nothing of it fails anything else. */
export class WriterHints {
  readonly #hints: Hints
  readonly #options: HintsOptions
  #turn: Promise<void> = Promise.resolve()

  constructor(hints: Hints, options: HintsOptions) {
    this.#hints = hints
    this.#options = options
  }

  /** Writes the hint of a segment, where the published manifest lists it as ended. A short one has none. */
  save({ segment, places }: EndedSegment): void {
    const entry = this.#listed(segment)
    if (entry === undefined || places.before(entry.lastSeq) === undefined) return
    this.#hints.remember(entry, places)
    this.#next(() => this.#write(entry, places))
  }

  /** Writes where the members of new archives begin, and removes the hints of what went into them. */
  saveMembers(archived: readonly WrittenArchive[]): void {
    this.sweep()
    for (const { entry, members } of archived) {
      if (entry.bytes <= bounds.seekBytes) continue
      this.#hints.remember(entry, members)
      this.#next(() => this.#write(entry, members))
    }
  }

  /** Removes the hints of segments that are gone. */
  sweep(): void {
    this.#next(() => this.#sweep())
  }

  /** Resolves when nothing is being written or removed any more. */
  async settled(): Promise<void> {
    await this.#turn
  }

  #next(action: () => Promise<void>): void {
    this.#turn = this.#turn.then(action).catch(() => {})
  }

  async #write(entry: HintedEntry, places: Pick<SeekTable, 'encode'>): Promise<void> {
    const { environment, dir, source } = this.#options
    if (this.#listed(entry.segment) === undefined) return
    const file = hintName(entry.segment)
    await saveCache(environment, {
      dir,
      file,
      name: file,
      fill: async (put) => {
        await put(places.encode(entry.lastSeq))
        return entry.lastSeq
      },
      alive: [],
      claim: async () => hintClaim(entry, source.manifest?.log ?? ''),
      signal: new AbortController().signal,
    })
  }

  async #sweep(): Promise<void> {
    const { environment, dir } = this.#options
    const { disk } = environment
    const directory = join(dir, fileNames.cache)
    if ((await disk.stat(directory))?.kind !== 'directory') return
    for (const name of await disk.list(directory)) {
      const segment = segmentOfHint(name)
      if (segment === undefined || this.#listed(segment) !== undefined) continue
      await disk.remove(join(directory, name)).catch(() => {})
    }
  }

  #listed(segment: number): HintedEntry | undefined {
    return this.#options.source.manifest?.segments.find(
      (entry): entry is HintedEntry => (entry.kind === 'log' || entry.kind === 'archive') && entry.segment === segment,
    )
  }
}
