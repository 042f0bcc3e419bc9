import { type DiskFile, type Epoch, type LogBatch, type Seq, StatewardError } from '@stateward/contract'
import type { Hints } from '../caches/hints.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { fileChunks, type Lines, wholeLines } from '../files/chunks.ts'
import type { FileCache } from '../files/file-cache.ts'
import type { SeekPoint } from '../format/seek-table.ts'
import { firstSeqOf, isSparse, type LogSource, type Part, partsOf } from '../manifest/log-source.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import type { ArchiveMembers } from '../scanning/archive-members.ts'
import { DamagedLine, damageIn } from '../scanning/damage.ts'
import { readPlain } from '../scanning/plain.ts'
import { type ReadBatch, readCommits } from '../scanning/read-lines.ts'

export interface ReadPlace {
  readonly source: LogSource
  readonly files: FileCache
  readonly hints: Hints
  /** How much is read at a time; less where little is asked for. */
  readonly chunkBytes?: number
}

/** Where the next commit's line begins, where that is known. */
export interface Cursor {
  next: Seq
  segment: number
  byte: number
}

export function cursorAt(next: Seq): Cursor {
  return { next, segment: -1, byte: 0 }
}

/**
 * The commits from `cursor` up to `to`, in order; moves the cursor behind what it gave. Throws `TRIMMED` where the next
 * one is no longer there, `CORRUPT` where it does not read.
 */
export async function* readLog(place: ReadPlace, cursor: Cursor, to: Seq): AsyncGenerator<LogBatch> {
  const { source, files } = place
  for (let tries = 0; ; ) {
    const firstSeq = firstSeqOf(source)
    if (cursor.next < firstSeq) throw trimmed(cursor.next, firstSeq)
    if (cursor.next > to) return
    const part = partsOf(source).find((candidate) => cursor.next <= candidate.lastSeq)
    if (part === undefined) return
    const { next } = cursor
    try {
      yield* readPart(place, { part, to }, cursor)
    } catch (error) {
      // The file was moved to the archive, or given up, since the list was made: look once more.
      if (diskCode(error) !== 'ENOENT' || tries++ > 0) throw storageFailed(error, 'reading the log')
      await source.refresh()
      continue
    }
    if (cursor.next === next) throw await ends(files, part, next)
    tries = 0
  }
}

/** As `readLog`, from the oldest commit that is there on, and over the holes that retention has left. */
export async function* readKept(place: ReadPlace, from: Seq, to: Seq): AsyncGenerator<LogBatch> {
  const { source } = place
  const cursor = cursorAt(from)
  for (let tries = 0; cursor.next <= to; ) {
    const part = partsOf(source).find(({ firstSeq, lastSeq }) => cursor.next <= lastSeq && firstSeq <= lastSeq)
    if (part === undefined) return
    cursor.next = Math.max(cursor.next, part.firstSeq)
    try {
      yield* readPart(place, { part, to }, cursor)
      cursor.next = Math.max(cursor.next, Math.min(part.lastSeq, to) + 1)
      tries = 0
    } catch (error) {
      if (diskCode(error) !== 'ENOENT' || tries++ > 0) throw storageFailed(error, 'reading the log')
      await source.refresh()
    }
  }
}

async function* readPart(
  { files, hints, chunkBytes }: ReadPlace,
  { part, to }: { part: Part; to: Seq },
  cursor: Cursor,
): AsyncGenerator<LogBatch> {
  const { entry } = part
  const { next } = cursor
  const held = await files.acquire(entry.file)
  const isKnown = cursor.segment === entry.segment && entry.kind !== 'archive'
  const span: Span = { file: held.file, part, to, start: { seq: part.firstSeq, byte: 0 }, chunkBytes }
  try {
    const hint = isKnown ? { seq: next, byte: cursor.byte } : await hints.before(entry, next)
    const members = hint === undefined ? undefined : await hints.members(entry)
    if (hint === undefined) return yield* readSpan(span, cursor)
    try {
      yield* readSpan({ ...span, start: hint, members }, cursor)
    } catch (error) {
      // Of a place that was made up nothing is read: the first line behind it is another one, or none.
      if (isKnown || cursor.next !== next || !(error instanceof DamagedLine)) throw error
    }
    if (isKnown || cursor.next !== next) return
    hints.drop(entry, `commit ${hint.seq} does not begin at byte ${hint.byte}`)
    yield* readSpan(span, cursor)
  } catch (error) {
    throw error instanceof DamagedLine ? await damageIn(held.file, error) : error
  } finally {
    files.release(held)
  }
}

interface Span {
  readonly file: DiskFile
  readonly part: Part
  readonly to: Seq
  /** Where reading begins; the line there is that of this commit. */
  readonly start: SeekPoint & { readonly epoch?: Epoch }
  /** Where `start` is that of a member of an archive: its members. */
  readonly members?: ArchiveMembers | undefined
  readonly chunkBytes?: number | undefined
}

async function* readSpan(
  { file, part, to, start, members, chunkBytes }: Span,
  cursor: Cursor,
): AsyncGenerator<LogBatch> {
  const { entry } = part
  const plan = {
    file: entry.file,
    segment: entry.segment,
    epoch: start.epoch ?? (entry.kind === 'plain' ? 0 : entry.epoch),
    next: start.seq,
    from: cursor.next,
    to: Math.min(to, part.lastSeq),
    sparse: isSparse(part),
  }
  const lines = linesOf({ file, part, to, start, members, chunkBytes })
  const batches: AsyncIterable<ReadBatch> = entry.kind === 'plain' ? readPlain(lines, plan) : readCommits(lines, plan)
  for await (const { batch, end } of batches) {
    cursor.segment = entry.segment
    cursor.byte = end
    cursor.next = batch.firstSeq + batch.records.length
    yield batch
  }
}

function linesOf({ file, part, start, members, chunkBytes }: Span): AsyncGenerator<Lines> {
  const { entry } = part
  const from = start.byte
  if (entry.kind !== 'archive') return wholeLines(fileChunks(file, { from, to: part.bytes, chunkBytes }), from)
  // The text has no places of its own that anybody could look at.
  if (members === undefined) return wholeLines(unpackedChunks(file, entry))
  return wholeLines(members.chunks(file, { name: entry.file, from, packedBytes: entry.packedBytes }))
}

function ends(files: FileCache, part: Part, seq: Seq): Promise<StatewardError> {
  const { file } = part.entry
  const missing = new DamagedLine(file, part.bytes, `commit ${seq} should be before here, and is not`)
  return files.using(file, (open) => damageIn(open, missing))
}

function trimmed(seq: Seq, firstSeq: Seq): StatewardError {
  return new StatewardError(
    'TRIMMED',
    `commit ${seq} is no longer in the log, which begins at ${firstSeq}: load the base, and read from there.`,
    { details: { firstSeq } },
  )
}
