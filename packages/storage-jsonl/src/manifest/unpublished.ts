import type { Disk } from '@stateward/contract'
import { checksumOf } from '../files/file-sums.ts'
import { withFile } from '../files/open-file.ts'
import { parseControl, type SegmentEnd, type SegmentHeader } from '../format/control-line.ts'
import { type Entry, type HistoryEntry, isHistory, type Manifest } from '../format/manifest.ts'
import { readFirstLine } from '../scanning/first-line.ts'
import type { Survey } from './survey.ts'

type LogHeader = Extract<SegmentHeader, { kind: 'log' }>

interface Unpublished {
  readonly file: string
  readonly header: LogHeader
}

/**
 * The manifest as a recovery was about to publish it when it died: with the segment that it had made and synced. What
 * it wrote again there may be gone from where it stood before, when the power was cut too, so that the segment counts.
 * Where no such segment follows from what the manifest lists, the manifest comes back as it is.
 */
export async function withUnpublished(disk: Disk, survey: Survey, manifest: Manifest): Promise<Manifest> {
  const found = await unpublishedIn(disk, survey, manifest)
  const [only] = found
  if (only === undefined || found.length > 1) return manifest
  const history = manifest.segments.filter(isHistory)
  const kept = await historyBefore(disk, { dir: survey.dir, history, header: only.header })
  if (kept === undefined) return manifest
  const { segment, epoch, firstSeq } = only.header
  const bases = manifest.segments.filter((entry) => !isHistory(entry))
  const dropped = history.filter((entry) => !kept.some((other) => other.segment === entry.segment))
  return {
    ...manifest,
    epoch,
    clean: false,
    segments: [...kept, { kind: 'active', file: only.file, segment, epoch, firstSeq }, ...bases],
    obsolete: [...manifest.obsolete, ...dropped.map(({ file }) => file)],
  }
}

/** Segments of this log that hold commits, are not listed, and are of a later epoch than the manifest. */
async function unpublishedIn(disk: Disk, { dir, segments }: Survey, manifest: Manifest): Promise<Unpublished[]> {
  const listed = new Set([...manifest.segments.map(({ file }) => file), ...manifest.obsolete])
  const found: Unpublished[] = []
  for (const { file } of segments) {
    if (listed.has(file)) continue
    const line = await withFile(disk, { dir, name: file }, readFirstLine)
    const control = line === undefined || line.isAll ? 'nothing' : parseControl(line.text)
    if (typeof control === 'string' || control.type !== '$segment' || control.header.kind !== 'log') continue
    const { header } = control
    if (header.log === manifest.log && header.epoch > manifest.epoch) found.push({ file, header })
  }
  return found
}

/** The history that a segment says it follows; `undefined` where that is not what is there. */
async function historyBefore(
  disk: Disk,
  { dir, history, header }: { dir: string; history: readonly HistoryEntry[]; header: LogHeader },
): Promise<readonly Entry[] | undefined> {
  const last = history.at(-1)
  const { prev, firstSeq } = header
  if (last === undefined || (last.kind !== 'active' && last.kind !== 'log')) return undefined
  if (last.segment !== prev?.segment) {
    // Of the last one nothing stayed where it was: all of it was written again.
    return last.kind === 'active' && last.firstSeq === firstSeq ? history.slice(0, -1) : undefined
  }
  const isSame = await withFile(disk, { dir, name: last.file }, async (file) => {
    const { bytes } = await file.stat()
    return bytes >= prev.bytes && (await checksumOf(file, { from: 0, to: prev.bytes })) === prev.crc
  })
  return isSame ? [...history.slice(0, -1), endedAt(last, prev)] : undefined
}

function endedAt(entry: Extract<HistoryEntry, { kind: 'active' | 'log' }>, end: SegmentEnd): Entry {
  const { file, segment, epoch, firstSeq } = entry
  const { lastSeq, bytes, crc } = end
  return { kind: 'log', file, segment, epoch, firstSeq, lastSeq, bytes, crc }
}
