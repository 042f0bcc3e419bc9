import type { OpeningCost, Seq } from '@stateward/contract'
import { type BaseEntry, type HistoryEntry, isHistory, lastSeqOf, type Manifest } from '../format/manifest.ts'
import type { SeekTable } from '../format/seek-table.ts'

/** How far the segment that is being written may be read. */
export interface Tail {
  readonly segment: number
  readonly bytes: number
  readonly lastSeq: Seq
}

/** A log as somebody sees it now: a writer, exactly; a reader, as far as it has looked. */
export interface LogSource {
  /** `undefined` where there is no store yet. */
  readonly manifest: Manifest | undefined
  readonly tail: Tail
  /** Looks again, where looking costs something. */
  refresh(): Promise<void>
  /** The tail to answer a call with that is made now: everything acknowledged before it, as far as can be known. */
  tailNow(): Seq | Promise<Seq>
  /** Where lines begin of the segment that is being written, where that is this one and known. */
  activePlaces(segment: number): SeekTable | undefined
  /** Resolves when there may be commits behind `seen`, or when `signal` aborts. */
  moved(seen: Seq, signal: AbortSignal): Promise<void>
}

/** A part of history that can be read: `bytes` of its file hold the commits `firstSeq` … `lastSeq`. */
export interface Part {
  readonly entry: HistoryEntry
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly bytes: number
}

export function partsOf({ manifest, tail }: LogSource): Part[] {
  const entries = manifest?.segments.filter(isHistory) ?? []
  return entries.map((entry) => {
    const { firstSeq } = entry
    if (entry.kind !== 'active') return { entry, firstSeq, lastSeq: lastSeqOf(entry), bytes: entry.bytes }
    if (entry.segment !== tail.segment) return { entry, firstSeq, lastSeq: firstSeq - 1, bytes: 0 }
    return { entry, firstSeq, lastSeq: tail.lastSeq, bytes: tail.bytes }
  })
}

/** The oldest commit from which on all are there up to the last; one past the last where there is none. */
export function firstSeqOf(source: LogSource): Seq {
  const parts = partsOf(source)
  let first = source.tail.lastSeq + 1
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at]
    if (part === undefined || part.firstSeq > part.lastSeq) continue
    if (part.lastSeq < first - 1 || isSparse(part)) return first
    first = part.firstSeq
  }
  return first
}

export function isSparse({ entry }: Part): boolean {
  return entry.kind === 'archive' && entry.sparse === true
}

/** The base of the latest state. */
export function newestBase(manifest: Manifest | undefined): BaseEntry | undefined {
  const bases = manifest?.segments.filter((entry): entry is BaseEntry => entry.kind === 'base') ?? []
  return bases.reduce<BaseEntry | undefined>(
    (best, entry) => (best === undefined || entry.upTo >= best.upTo ? entry : best),
    undefined,
  )
}

/** What the next opening reads: the newest base, and what is behind it. */
export function openingCostOf(source: LogSource): OpeningCost {
  const base = newestBase(source.manifest)
  const upTo = base?.upTo ?? 0
  const behind = partsOf(source).filter(({ entry, lastSeq }) => entry.kind === 'active' || lastSeq > upTo)
  const logBytes = behind.reduce((sum, { bytes }) => sum + bytes, 0)
  return { upTo, baseBytes: base?.bytes ?? 0, logBytes, logSegments: behind.length }
}
