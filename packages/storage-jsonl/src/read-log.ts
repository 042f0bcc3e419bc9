import { type LogBatch, type Seq, StatewardError } from '@stateward/contract'
import { unpackedChunks } from './archive-chunks.ts'
import { fileChunks, wholeLines } from './chunks.ts'
import { DamagedLine, damageIn } from './damage.ts'
import { diskCode, storageFailed } from './failure.ts'
import type { FileCache } from './file-cache.ts'
import { firstSeqOf, isSparse, type LogSource, type Part, partsOf } from './log-source.ts'
import { readPlain } from './plain.ts'
import { type ReadBatch, readCommits } from './read-lines.ts'

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
export async function* readLog(
  { source, files }: { source: LogSource; files: FileCache },
  cursor: Cursor,
  to: Seq,
): AsyncGenerator<LogBatch> {
  for (let tries = 0; ; ) {
    const firstSeq = firstSeqOf(source)
    if (cursor.next < firstSeq) throw trimmed(cursor.next, firstSeq)
    if (cursor.next > to) return
    const part = partsOf(source).find((candidate) => cursor.next <= candidate.lastSeq)
    if (part === undefined) return
    const { next } = cursor
    try {
      yield* readPart(files, { part, to }, cursor)
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
export async function* readKept(
  { source, files }: { source: LogSource; files: FileCache },
  from: Seq,
  to: Seq,
): AsyncGenerator<LogBatch> {
  const cursor = cursorAt(from)
  for (let tries = 0; cursor.next <= to; ) {
    const part = partsOf(source).find(({ firstSeq, lastSeq }) => cursor.next <= lastSeq && firstSeq <= lastSeq)
    if (part === undefined) return
    cursor.next = Math.max(cursor.next, part.firstSeq)
    try {
      yield* readPart(files, { part, to }, cursor)
      cursor.next = Math.max(cursor.next, Math.min(part.lastSeq, to) + 1)
      tries = 0
    } catch (error) {
      if (diskCode(error) !== 'ENOENT' || tries++ > 0) throw storageFailed(error, 'reading the log')
      await source.refresh()
    }
  }
}

async function* readPart(
  files: FileCache,
  { part, to }: { part: Part; to: Seq },
  cursor: Cursor,
): AsyncGenerator<LogBatch> {
  const { entry } = part
  const held = await files.acquire(entry.file)
  const isKnown = cursor.segment === entry.segment && entry.kind !== 'archive'
  const plan = {
    file: entry.file,
    segment: entry.segment,
    epoch: entry.kind === 'plain' ? 0 : entry.epoch,
    next: isKnown ? cursor.next : part.firstSeq,
    from: cursor.next,
    to: Math.min(to, part.lastSeq),
    sparse: isSparse(part),
  }
  const from = isKnown ? cursor.byte : 0
  try {
    const chunks =
      entry.kind === 'archive' ? unpackedChunks(held.file, entry) : fileChunks(held.file, { from, to: part.bytes })
    const lines = wholeLines(chunks, from)
    const batches: AsyncIterable<ReadBatch> = entry.kind === 'plain' ? readPlain(lines, plan) : readCommits(lines, plan)
    for await (const { batch, end } of batches) {
      cursor.segment = entry.segment
      cursor.byte = end
      cursor.next = batch.firstSeq + batch.records.length
      yield batch
    }
  } catch (error) {
    throw error instanceof DamagedLine ? await damageIn(held.file, error) : error
  } finally {
    files.release(held)
  }
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
