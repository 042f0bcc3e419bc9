import { join } from 'node:path'
import type { Disk, DiskFile } from '@stateward/contract'
import { type Seq, StatewardError } from '@stateward/contract'
import { coveredSegments } from '../caches/covered-segments.ts'
import { diskCode } from '../environment/failure.ts'
import type { Verify } from '../environment/options.ts'
import { allSettled } from '../files/all-settled.ts'
import type { ReadableFile } from '../files/chunks.ts'
import { withFile } from '../files/open-file.ts'
import { type Control, parseControl, type SegmentEnd } from '../format/control-line.ts'
import { whyUnreadable } from '../format/format.ts'
import { type Entry, type HistoryEntry, isHistory, lastSeqOf, type Manifest } from '../format/manifest.ts'
import type { Survey } from '../manifest/survey.ts'
import { DamageList } from '../scanning/damage.ts'
import { readFirstLine } from '../scanning/first-line.ts'
import { changedPlain } from '../scanning/plain.ts'
import { assessComplete, assessLast, type SegmentFound } from './assess-segment.ts'
import { type DamageExtent, extentOf } from './damage-extent.ts'
import type { Recovery } from './recovery.ts'

/** As many as Node has threads for them. */
const assessedAtOnce = 4

/** What the listed files of a store turned out to be. */
export interface HistoryFound extends Pick<Recovery, 'rehome' | 'ended' | 'quarantine' | 'cuts' | 'prev'> {
  readonly damage: DamageList
  readonly extent: DamageExtent
  readonly kept: readonly EndedEntry[]
  readonly lastSeq: Seq
  /** The last commit that stays where it is. */
  readonly provenSeq: Seq
  /** Listed segments that hold no commit. */
  readonly dropped: readonly string[]
  readonly closed: boolean
}

/** Checks every file that the manifest lists, its bases too. */
export async function assessHistory(
  disk: Disk,
  { dir }: Survey,
  { manifest, verify }: { readonly manifest: Manifest; readonly verify: Verify },
): Promise<HistoryFound> {
  const covered = verify === 'tail' ? await coveredSegments(disk, { dir, manifest }) : undefined
  const damage = new DamageList()
  const history = manifest.segments.filter(isHistory)
  const found = new Map<Entry, SegmentFound>()
  const place = { disk, dir, manifest, covered }
  for (let at = 0; at < manifest.segments.length; at += assessedAtOnce) {
    const some = manifest.segments.slice(at, at + assessedAtOnce)
    const looks = some.map(async (entry) => [entry, await assessEntry(place, entry, entry === history.at(-1))] as const)
    for (const [entry, segment] of await allSettled(looks)) {
      damage.addAll(segment.damage)
      found.set(entry, segment)
    }
  }
  const kept = history.flatMap((entry) => keptOf(entry, found.get(entry)))
  const last = history.at(-1)
  const lastSeq = (last && found.get(last)?.lastSeq) ?? (last === undefined ? manifest.truncated : lastSeqOf(last))
  const segments = [...found.values()]
  const extents = [...found].map(([entry, segment]) => extentOf(entry, segment))
  return {
    damage,
    extent: {
      lost: extents.flatMap((extent) => extent.lost),
      linesBehind: extents.reduce((sum, extent) => sum + extent.linesBehind, 0),
    },
    kept,
    lastSeq,
    // Where nothing stays, what is written again begins with the first commit that is there, also where a base covers it.
    provenSeq: kept.at(-1)?.lastSeq ?? (history[0] === undefined ? manifest.truncated : history[0].firstSeq - 1),
    dropped: history.flatMap((entry) => (keptOf(entry, found.get(entry)).length === 0 ? [entry.file] : [])),
    closed: last === undefined || found.get(last)?.closed !== false,
    rehome: segments.find(({ rehome }) => rehome !== undefined)?.rehome,
    ended: segments.flatMap(({ entry, scan }) =>
      entry && scan ? [{ segment: entry.segment, places: scan.places }] : [],
    )[0],
    quarantine: segments.flatMap(({ quarantine }) => quarantine ?? []),
    cuts: segments.flatMap(({ cut }) => cut ?? []),
    prev: endOf(kept.at(-1)),
  }
}

export interface Place {
  readonly disk: Disk
  readonly dir: string
  readonly manifest: Manifest
  /** Complete segments that are looked at only at their ends; default: none. */
  readonly covered?: ReadonlySet<number> | undefined
}

/** Checks one file that the manifest lists. Reads only. */
export async function assessEntry(place: Place, entry: Entry, isLast: boolean): Promise<SegmentFound> {
  try {
    return await withFile(place.disk, { dir: place.dir, name: entry.file }, (file) =>
      assessFile(place, { entry, isLast, file }),
    )
  } catch (error) {
    if (diskCode(error) !== 'ENOENT') throw error
    return damaged(entry, 'the manifest lists this file, and it is not there')
  }
}

async function assessFile(
  place: Place,
  { entry, isLast, file }: { entry: Entry; isLast: boolean; file: DiskFile },
): Promise<SegmentFound> {
  if (entry.kind === 'plain') return changedPlain(file, entry)
  if (entry.kind === 'archive') {
    const { bytes } = await file.stat()
    return bytes === entry.packedBytes
      ? { damage: new DamageList() }
      : damaged(entry, `${bytes} bytes, where the manifest lists ${entry.packedBytes}`)
  }
  const strange = await assessHeader(place, entry, file)
  if (strange !== undefined) return strange
  if (entry.kind === 'active') return assessLast(file, entry)
  const complete = await assessComplete(file, entry, place.covered?.has(entry.segment) ? 'tail' : 'full')
  if (complete.damage.lines === 0 || !isLast || entry.kind === 'base') return complete
  return assessLast(file, entry)
}

/** Compares a header that reads with what the manifest says of it; one that does not is found by the scan. */
export async function assessHeader(
  { manifest, dir }: Omit<Place, 'disk'>,
  entry: Extract<Entry, { kind: 'active' | 'log' | 'base' }>,
  file: ReadableFile,
): Promise<SegmentFound | undefined> {
  const line = await readFirstLine(file)
  const control: Control | string = line === undefined ? 'no header' : parseControl(line.text)
  if (typeof control === 'string') return undefined
  if (control.type === 'foreign') {
    const text = `${join(dir, entry.file)} is of ${whyUnreadable(control.format)}. Open the store with the version that wrote it.`
    throw new StatewardError('UNSUPPORTED', text, { details: { format: control.format } })
  }
  if (control.type !== '$segment') return undefined
  const { header } = control
  if (header.log !== manifest.log) return damaged(entry, `it is a segment of another log, ${header.log}`)
  if (header.segment !== entry.segment || header.epoch !== entry.epoch) {
    return damaged(
      entry,
      `it is segment ${header.segment} of epoch ${header.epoch}, not the one that the manifest lists`,
    )
  }
  const start = header.kind === 'log' ? header.firstSeq : header.upTo
  const listed = entry.kind === 'base' ? entry.upTo : entry.firstSeq
  if (start !== listed) return damaged(entry, `it begins at seq ${start}, the manifest says ${listed}`)
  return header.kind === 'log' ? assessLink(manifest, { entry, prev: header.prev }) : undefined
}

/** Each header names the end of the segment before it: a segment that was swapped for another one shows here. */
function assessLink(
  manifest: Manifest,
  { entry, prev }: { entry: Entry; prev: SegmentEnd | undefined },
): SegmentFound | undefined {
  const before = manifest.segments.find(({ segment }) => segment === prev?.segment)
  if (prev === undefined || before === undefined || before.kind === 'active' || before.kind === 'plain')
    return undefined
  if (
    before.kind !== 'base' &&
    before.lastSeq === prev.lastSeq &&
    before.bytes === prev.bytes &&
    before.crc === prev.crc
  ) {
    return undefined
  }
  return damaged(entry, `its header follows another segment ${prev.segment} than the one that the manifest lists`)
}

function damaged(entry: Entry, reason: string): SegmentFound {
  const damage = new DamageList()
  damage.add({ file: entry.file, line: 1, byte: 0, reason })
  return { damage }
}

/** Whatever was being written has an end once it was looked at. */
type EndedEntry = Exclude<HistoryEntry, { kind: 'active' }>

function keptOf(entry: HistoryEntry, found: SegmentFound | undefined): EndedEntry[] {
  if (found === undefined || !('entry' in found)) {
    // A segment of ours without a commit is given up; an adopted file never is, not even an empty one.
    return entry.kind === 'active' || (entry.kind === 'log' && entry.lastSeq < entry.firstSeq) ? [] : [entry]
  }
  return found.entry === undefined ? [] : [found.entry]
}

function endOf(entry: EndedEntry | undefined): SegmentEnd | undefined {
  if (entry === undefined || entry.kind === 'plain') return undefined
  const { segment, lastSeq, bytes, crc } = entry
  return { segment, lastSeq, bytes, crc }
}
