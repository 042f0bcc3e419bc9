import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DiskFile } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { fullOr } from '../environment/failure.ts'
import { fileChunks } from '../files/chunks.ts'
import { withFile } from '../files/open-file.ts'
import { SegmentWriter } from '../files/segment-writer.ts'
import { createTemporary, writeAll } from '../files/write-whole.ts'
import { gapLine, headerLine, type SegmentEnd, type SegmentHeader } from '../format/control-line.ts'
import { firstIndex } from '../format/first-index.ts'
import { format } from '../format/format.ts'
import type { SeqRange } from '../format/lost-seqs.ts'
import type { ArchiveEntry, BaseEntry, LogEntry, Manifest } from '../format/manifest.ts'
import { archiveName, fileNames, segmentName } from '../format/segment-name.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { corrupt, DamagedLine } from '../scanning/damage.ts'
import { scanSegment } from '../scanning/scan.ts'
import type { Rewriting } from './salvage-plan.ts'
import type { GoodLine } from './sort-lines.ts'

export interface RewriteOptions {
  readonly dir: string
  readonly manifest: Manifest
  /** Number of the new file. */
  readonly segment: number
  /** The segment before it, of a log. */
  readonly prev: SegmentEnd | undefined
  /** Name of the salvage. */
  readonly id: string
  readonly rewriting: Rewriting
}

/**
 * Writes what a file still holds into a new one, reads it back, and gives it its name, which is durable once the
 * directory is synced. It counts for nothing before a manifest lists the entry that comes back.
 */
export async function rewriteSegment(environment: Environment, options: RewriteOptions): Promise<LogEntry | BaseEntry> {
  const { disk } = environment
  const { dir, segment, rewriting } = options
  const isBase = rewriting.entry.kind === 'base'
  const name = segmentName(isBase ? 'base' : 'log', segment)
  const file = await createTemporary(disk, join(dir, name))
  try {
    const write = (text: DiskFile | undefined) => writeLines(environment, file, { ...options, text })
    const sums = await withText(environment, options, write).finally(() => file.close())
    const entry = entryOf(name, options, sums)
    await withFile(disk, { dir, name: name + fileNames.temporary }, (again) => assertReadsBack(again, entry))
    await disk.rename(join(dir, name) + fileNames.temporary, join(dir, name))
    return entry
  } catch (error) {
    await disk.remove(join(dir, name) + fileNames.temporary).catch(() => {})
    throw fullOr(error, `writing ${name}`)
  }
}

/** Lends the text of the former file: unpacked, where it is archived; none, where nothing of it is left. */
async function withText<T>(
  { disk }: Environment,
  { dir, segment, rewriting }: RewriteOptions,
  use: (text: DiskFile | undefined) => Promise<T>,
): Promise<T> {
  const { entry, good, bad } = rewriting
  if (good.length === 0 && bad.length === 0) return use(undefined)
  if (entry.kind !== 'archive') return withFile(disk, { dir, name: entry.file }, use)
  const scratch = join(dir, archiveName(segment).replace(`${fileNames.archive}/`, ''))
  const text = await createTemporary(disk, scratch)
  try {
    await withFile(disk, { dir, name: entry.file }, (packed) => unpack(packed, entry, text))
    return await use(text)
  } finally {
    await text.close()
    await disk.remove(scratch + fileNames.temporary).catch(() => {})
  }
}

async function unpack(packed: DiskFile, entry: ArchiveEntry, text: DiskFile): Promise<void> {
  let at = 0
  const { bytes } = await packed.stat()
  try {
    for await (const chunk of unpackedChunks(packed, { ...entry, packedBytes: bytes })) {
      await writeAll(text, chunk, at)
      at += chunk.length
    }
  } catch (error) {
    if (!(error instanceof DamagedLine)) throw error
  }
}

async function writeLines(
  { clock }: Environment,
  file: DiskFile,
  { manifest, segment, prev, id, rewriting, text }: RewriteOptions & { text: DiskFile | undefined },
): Promise<{ bytes: number; crc: string }> {
  const timestamp = timestampOf(clock)
  const writer = new SegmentWriter(file)
  await writer.add(headerLine(headerOf({ manifest, segment, prev, id, rewriting }), timestamp))
  const { good } = rewriting
  const gaps = rewriting.entry.kind === 'base' ? [] : [...rewriting.lost]
  const gapsBefore = async (at: number): Promise<void> => {
    const around = { before: good[at - 1], behind: good[at] }
    for (let gap = gaps[0]; gap !== undefined && gap.from < (around.behind?.seq ?? gap.to + 1); gap = gaps[0]) {
      await writer.add(await gapLineOf(gap, { rewriting, text, id, timestamp }, around))
      gaps.shift()
    }
  }
  for (let at = 0; at < good.length; ) {
    await gapsBefore(at)
    const end = runEnd(good, at, gaps[0])
    for await (const chunk of bytesIn(text, good[at]?.at ?? 0, good[end - 1]?.end ?? 0)) await writer.add(chunk)
    at = end
  }
  await gapsBefore(good.length)
  return writer.end()
}

/** Of the former epoch: a higher one would make a file that is not published look like that of a later writer. */
function headerOf({ manifest, segment, prev, id, rewriting }: Omit<RewriteOptions, 'dir'>): SegmentHeader {
  const { log, epoch } = manifest
  const { entry, firstSeq, lastSeq } = rewriting
  const shared = { format, log, segment, epoch, salvage: id }
  if (entry.kind === 'base') return { ...shared, kind: 'base', upTo: lastSeq }
  return { ...shared, kind: 'log', firstSeq, ...(prev === undefined ? {} : { prev }) }
}

/** The line that says that commits are missing, with the checksum of the bytes that stood there. */
async function gapLineOf(
  gap: SeqRange,
  { rewriting, text, id, timestamp }: GapOptions,
  around: Around,
): Promise<Buffer> {
  const hash = createHash('sha256')
  for (const { at, end } of bytesOf(gap, rewriting, around))
    for await (const chunk of bytesIn(text, at, end)) hash.update(chunk)
  return gapLine({ from: gap.from, to: gap.to, sha256: hash.digest('hex'), report: id }, timestamp)
}

interface GapOptions extends Pick<RewriteOptions, 'rewriting' | 'id'> {
  readonly text: DiskFile | undefined
  readonly timestamp: string
}

/** Nothing, where the file is not there any more. */
async function* bytesIn(text: DiskFile | undefined, from: number, to: number): AsyncGenerator<Buffer> {
  if (text !== undefined) yield* fileChunks(text, { from, to })
}

interface Around {
  readonly before: GoodLine | undefined
  readonly behind: GoodLine | undefined
}

/** The bytes that stood where commits are missing: those between the good lines around, and the lines that were left out. */
function bytesOf(
  gap: SeqRange,
  { bad, orphans }: Rewriting,
  { before, behind }: Around,
): { at: number; end: number }[] {
  const from = before?.end ?? 0
  const to = behind?.at ?? Number.POSITIVE_INFINITY
  const found: { at: number; end: number }[] = []
  for (let at = firstIndex(bad, (bytes) => bytes.at < from); at < bad.length; at++) {
    const bytes = bad[at]
    if (bytes === undefined || bytes.end > to) break
    found.push(bytes)
  }
  const left = orphans.filter(({ seq }) => seq >= gap.from && seq <= gap.to)
  return [...found, ...left].sort((one, other) => one.at - other.at)
}

/** Up to where lines follow each other in the file, with nothing missing between them. */
function runEnd(good: readonly GoodLine[], from: number, gap: SeqRange | undefined): number {
  let end = from + 1
  for (; end < good.length; end++) {
    const line = good[end]
    if (line === undefined || line.at !== good[end - 1]?.end || (gap !== undefined && gap.from < line.seq)) break
  }
  return end
}

function entryOf(
  file: string,
  { manifest, segment, rewriting }: RewriteOptions,
  sums: { bytes: number; crc: string },
): LogEntry | BaseEntry {
  const { epoch } = manifest
  const { entry, firstSeq, lastSeq, good } = rewriting
  if (entry.kind === 'base') return { kind: 'base', file, segment, epoch, upTo: lastSeq, rows: good.length, ...sums }
  return { kind: 'log', file, segment, epoch, firstSeq, lastSeq, ...sums }
}

/** Reads the whole file again: what the disk gives back must be what was given to it, and hold. */
async function assertReadsBack(file: DiskFile, entry: LogEntry | BaseEntry): Promise<void> {
  const { bytes } = await file.stat()
  const scan = await scanSegment(file, entry.file, bytes)
  const { damage } = scan
  const isEnd = entry.kind === 'base' ? scan.lines === entry.rows + 1 : scan.lastSeq === entry.lastSeq
  if (damage.lines === 0 && (bytes !== entry.bytes || scan.crc !== entry.crc || !isEnd)) {
    const reason = `${bytes} bytes, checksum ${scan.crc}; written were ${entry.bytes}, ${entry.crc}`
    damage.add({ file: entry.file, line: scan.lines, byte: scan.goodBytes, reason })
  }
  if (damage.lines > 0)
    throw corrupt(damage, 'The new file does not read back as it was written: check the disk. Nothing was changed.')
}
