import { join } from 'node:path'
import type { Disk, Seq } from '@stateward/contract'
import { fileChunks } from '../files/chunks.ts'
import { withFile } from '../files/open-file.ts'
import type { SegmentHeader } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import type { SeqRange } from '../format/lost-seqs.ts'
import type { ArchiveEntry, BaseEntry, Entry, HistoryEntry, Manifest } from '../format/manifest.ts'
import type { Survey } from '../manifest/survey.ts'
import { assessEntry } from '../recovery/assess-history.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { corrupt, DamagedLine, DamageList } from '../scanning/damage.ts'
import { scanLines } from '../scanning/scan.ts'
import { type SortedLines, sortLines } from './sort-lines.ts'

/** Where the files of a damaged store are. */
export interface Wreck {
  readonly disk: Disk
  readonly dir: string
  readonly manifest: Manifest
  readonly survey: Survey
}

/** A listed file as it was found; `sorted` where its lines had to be looked at one by one. */
export interface FoundFile<E extends Entry> {
  readonly entry: E
  readonly damage: DamageList
  readonly isThere: boolean
  readonly sorted: SortedLines | undefined
  /** The last commit of a file that was being written and is whole. */
  readonly lastSeq: Seq | undefined
}

/** Looks at a file; at each of its lines where it is damaged. */
export async function findFile<E extends Entry>(wreck: Wreck, entry: E, isLast: boolean): Promise<FoundFile<E>> {
  const isThere = (await wreck.disk.stat(join(wreck.dir, entry.file)))?.kind === 'file'
  const { damage, lastSeq } = await assessEntry(wreck, entry, isLast)
  if (entry.kind === 'archive' && damage.lines === 0) damage.addAll(await damageInArchive(wreck, entry))
  if (damage.lines === 0) return { entry, damage, isThere, sorted: undefined, lastSeq }
  if (entry.kind === 'plain' && isThere) {
    throw corrupt(
      damage,
      `Nothing was changed. Lines of ${entry.file} carry no checksum, so that nothing tells the changed ones from the others: look at them, mend the file by hand or restore it, then run: npx stateward reseal --dir ${wreck.dir}`,
    )
  }
  return { entry, damage, isThere, lastSeq, sorted: isThere ? await sortFile(wreck, entry) : nothing(entry) }
}

/** What former salvages have given up in a file that is whole. */
export function gapsIn({ disk, dir }: Wreck, entry: HistoryEntry): Promise<readonly SeqRange[]> {
  if (entry.kind === 'plain') return Promise.resolve([])
  return withFile(disk, { dir, name: entry.file }, async (file) => {
    const { bytes } = await file.stat()
    const chunks = entry.kind === 'archive' ? unpackedChunks(file, entry) : fileChunks(file, { from: 0, to: bytes })
    return (await scanLines(chunks, entry.file)).gaps
  })
}

/** The lines of a file, sorted out. */
export function sortFile({ disk, dir, manifest }: Wreck, entry: Entry): Promise<SortedLines> {
  return withFile(disk, { dir, name: entry.file }, async (file) => {
    const { bytes } = await file.stat()
    const chunks =
      entry.kind === 'archive'
        ? unpackedChunks(file, { ...entry, packedBytes: bytes })
        : fileChunks(file, { from: 0, to: bytes })
    return sortLines(chunks, {
      isOwn: (header) => isOwn(header, entry, manifest),
      kind: entry.kind === 'base' ? 'base' : 'log',
      ...rangeOf(entry),
    })
  })
}

/** The commits that a file holds, as far as the manifest knows. */
function rangeOf(entry: Entry): SeqRange {
  if (entry.kind === 'base') return { from: 0, to: entry.upTo }
  return { from: entry.firstSeq, to: entry.kind === 'active' ? Number.MAX_SAFE_INTEGER : entry.lastSeq }
}

/** The last commit that a file holds or has lost. */
export function lastOf({ entry, sorted, lastSeq }: FoundFile<HistoryEntry>): Seq {
  if (entry.kind !== 'active') return entry.lastSeq
  return lastSeq ?? sorted?.lastSeq ?? entry.firstSeq - 1
}

/** The commits that the good lines of a file leave out. */
export function missingIn(found: FoundFile<HistoryEntry>): SeqRange[] {
  if (found.sorted === undefined) return []
  const missing: SeqRange[] = []
  let next = found.entry.firstSeq
  for (const { seq, gap } of found.sorted.good) {
    if (seq > next) missing.push({ from: next, to: seq - 1 })
    next = (gap?.to ?? seq) + 1
  }
  const last = lastOf(found)
  if (next <= last) missing.push({ from: next, to: last })
  return missing
}

function isOwn(header: SegmentHeader, entry: Entry, { log }: Manifest): boolean {
  const kind = entry.kind === 'base' ? 'base' : 'log'
  if (entry.kind === 'plain' || header.kind !== kind || header.log !== log) return false
  return header.segment === entry.segment && header.epoch === entry.epoch
}

function nothing(entry: HistoryEntry | BaseEntry): SortedLines {
  return { good: [], bad: [], lastSeq: entry.kind === 'base' ? 0 : entry.firstSeq - 1 }
}

/** An opening looks at the length of an archived segment only; here all of it is unpacked. */
async function damageInArchive({ disk, dir }: Wreck, entry: ArchiveEntry): Promise<DamageList> {
  const damage = new DamageList()
  await withFile(disk, { dir, name: entry.file }, async (file) => {
    let crc = 0
    try {
      for await (const chunk of unpackedChunks(file, entry)) crc = checksum(chunk, crc)
      if (hex8(crc) === entry.crc) return
      damage.add({ file: entry.file, line: 1, byte: 0, reason: 'it does not unpack to what the manifest lists' })
    } catch (error) {
      if (!(error instanceof DamagedLine)) throw error
      damage.add({ file: entry.file, line: 1, byte: error.byte, reason: error.message })
    }
  })
  return damage
}
