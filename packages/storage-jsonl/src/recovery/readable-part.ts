import type { Disk, Seq } from '@stateward/contract'
import {
  type BaseEntry,
  type Entry,
  type HistoryEntry,
  isHistory,
  type LogEntry,
  type Manifest,
} from '../format/manifest.ts'
import { listedManifest } from '../manifest/listed-manifest.ts'
import { newestBase } from '../manifest/log-source.ts'
import type { Survey } from '../manifest/survey.ts'
import { assessEntry, type Place } from './assess-history.ts'
import type { SegmentFound } from './assess-segment.ts'

/** The longest exact beginning of a damaged log, as a manifest without a segment that is being written. */
export interface ReadablePart {
  readonly manifest: Manifest
  readonly lastSeq: Seq
}

/**
 * Finds what of a damaged log reads up to the first damage behind its base. Damage that a base covers stays where it is:
 * it shows when it is read. Reads only. `undefined` where no state can be had: there is no readable manifest, or the base
 * is damaged and what it held stands in the archive or nowhere.
 */
export async function readablePart(disk: Disk, survey: Survey): Promise<ReadablePart | undefined> {
  const listed = await listedManifest(disk, survey).catch(() => undefined)
  if (listed === undefined) return undefined
  const place = { disk, dir: survey.dir, manifest: listed }
  const bases: BaseEntry[] = []
  for (const entry of listed.segments)
    if (entry.kind === 'base' && (await assessEntry(place, entry, false)).damage.lines === 0) bases.push(entry)
  const history = listed.segments.filter(isHistory)
  const base = newestBase({ ...listed, segments: bases })
  if (base === undefined && !isFromTheFirst(history)) return undefined
  const upTo = base?.upTo ?? 0
  const kept = await prefixOf(place, history, upTo)
  const lastSeq = kept.reduce((most, entry) => Math.max(most, entry.lastSeq), upTo)
  return {
    manifest: { ...listed, truncated: Math.min(listed.truncated, upTo), segments: [...kept, ...bases] },
    lastSeq,
  }
}

function isFromTheFirst(history: readonly HistoryEntry[]): boolean {
  return history.every(({ kind }) => kind !== 'archive') && history[0]?.firstSeq === 1
}

type EndedEntry = Exclude<HistoryEntry, { kind: 'active' }>

async function prefixOf(place: Place, history: readonly HistoryEntry[], upTo: Seq): Promise<readonly EndedEntry[]> {
  const kept: EndedEntry[] = []
  for (const entry of history) {
    const found = await assessEntry(place, entry, entry === history.at(-1))
    const isCovered = entry.kind !== 'active' && entry.lastSeq <= upTo
    if (entry.kind !== 'active' && (isCovered || found.damage.lines === 0)) {
      kept.push(entry)
      continue
    }
    const end = endOf(entry, found)
    if (end !== undefined && end.lastSeq > upTo) kept.push(end)
    // A reader of what the base covers is to come upon the damage, not upon an end.
    else if (entry.kind === 'log' && entry.firstSeq <= upTo) kept.push({ ...entry, lastSeq: upTo })
    if (found.damage.lines > 0) break
  }
  return kept
}

/** The beginning of a segment that holds, as far as there is one. */
function endOf(entry: Entry, { scan }: SegmentFound): LogEntry | undefined {
  if ((entry.kind !== 'active' && entry.kind !== 'log') || scan === undefined || scan.lastSeq < entry.firstSeq)
    return undefined
  const { file, segment, epoch, firstSeq } = entry
  return { kind: 'log', file, segment, epoch, firstSeq, lastSeq: scan.lastSeq, bytes: scan.commitEnd, crc: '' }
}
