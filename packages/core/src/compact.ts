import {
  type BaseChunk,
  type CompactionProgress,
  type LogWriter,
  type SaveBaseOptions,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import type { BaseRow, BaseRows } from './base-rows.ts'
import { BodyRequest, ptrsOf, versionFinder } from './bodies.ts'
import { encodeCommit, isWholeLineOf } from './codec.ts'
import type { Live } from './live.ts'

/** So many records are read, and written again, in one turn of the event loop: about a millisecond of it. */
const rowsPerChunk = 128
/** Progress is told after each hundredth of the rows, but not after fewer than this, and after the last. */
const leastTold = 1_000

export interface CompactOptions {
  readonly live: Live
  readonly writer: LogWriter
  /** As of now; released by the caller. */
  readonly rows: BaseRows
  readonly timestamp: string
  readonly signal: AbortSignal
  readonly breathe: () => Promise<void>
  readonly told: (progress: CompactionProgress) => void
}

/**
 * Writes the durable state as a base while reads and writes go on, and moves every place over to it. Letting go of what
 * the base covers is the caller's. A failure or an abort at any step leaves the state and the log as they were.
 */
export async function compact(options: CompactOptions): Promise<void> {
  const { live, writer, rows, signal, breathe } = options
  const versionsBefore = live.versions
  await rows.list(breathe)
  const bytes = await likelyBytes(options)
  const maintenance: SaveBaseOptions = { signal, breathe, ...(bytes === undefined ? {} : { bytes }) }
  const release = live.bodies.hold()
  try {
    const ptrs = await writer.saveBase(rows.upTo, chunksOf(options), maintenance)
    if (ptrs.length !== rows.length)
      throw new StatewardError('STORAGE_FAILED', `expected ${rows.length} pointers of the base, found ${ptrs.length}`)
    // In slices: the old places hold until the log is truncated, so that it does not matter who reads which.
    await rows.rebase(ptrs, breathe)
    live.versions += rows.length - versionsBefore
  } finally {
    release()
  }
}

/** By the average line of base and log: the same share of their bytes as of their versions is live. */
async function likelyBytes({ live, writer }: CompactOptions): Promise<number | undefined> {
  const { opening } = await writer.stats()
  if (opening === undefined || live.versions === 0) return undefined
  const { newest, versions } = live.counts
  return Math.ceil(((opening.baseBytes + opening.logBytes) * newest) / versions)
}

async function* chunksOf({ live, writer, rows, timestamp, breathe, told }: CompactOptions): AsyncGenerator<BaseChunk> {
  const step = Math.max(leastTold, Math.ceil(rows.length / 100))
  let written = 0
  for (;;) {
    const chunk = rows.take(rowsPerChunk)
    if (chunk.length === 0) return
    const records = await linesOf(chunk, { live, writer, timestamp, breathe })
    yield { seqs: chunk.map(({ seq }) => seq), records }
    const before = written
    written += chunk.length
    const isStep = Math.floor(written / step) > Math.floor(before / step)
    if (isStep || written === rows.length) told({ written, rows: rows.length })
  }
}

type LinesOptions = Pick<CompactOptions, 'live' | 'writer' | 'timestamp' | 'breathe'>

/**
 * One line a row: made of the record, where that is in memory; else the line of the log itself, where that holds the
 * record whole and alone; else made of what is read from the log.
 */
async function linesOf(rows: readonly BaseRow[], options: LinesOptions): Promise<Uint8Array[]> {
  const { live, timestamp, breathe } = options
  const lines: Uint8Array[] = []
  const cold: ColdRow[] = []
  for (const [at, row] of rows.entries()) {
    const record = hotRecord(row, live)
    if (row.place === undefined) lines[at] = Buffer.from(tombstoneLine(row, timestamp))
    else if (record !== undefined) lines[at] = Buffer.from(wholeLine(row, record, timestamp))
    else cold.push({ at, row, request: new BodyRequest(row.type.name, row.id, row.place) })
  }
  await breathe()
  if (cold.length > 0) await addCold(lines, cold, options)
  return lines
}

interface ColdRow {
  readonly at: number
  readonly row: BaseRow
  readonly request: BodyRequest
}

/** Adds the lines of rows that are read from the log: all of them in one read, then each by itself. */
async function addCold(
  lines: Uint8Array[],
  cold: readonly ColdRow[],
  { live, writer, timestamp, breathe }: LinesOptions,
): Promise<void> {
  const requests = cold.map(({ request }) => request)
  const ptrs = ptrsOf(requests)
  const fetched = await writer.fetch(ptrs)
  const byPtr = new Map(ptrs.map((ptr, at) => [ptr, fetched[at]]))
  const find = versionFinder(requests, ptrs, fetched)
  for (const { at, row, request } of cold) {
    const own = request.place.patches.length === 0 ? byPtr.get(request.place.whole) : undefined
    if (own !== undefined && isWholeLineOf(own, { type: row.type.name, id: row.id, rev: row.rev })) lines[at] = own
    else {
      const record = find(request) ?? (await live.bodies.load([request]))[0]
      if (record === undefined) throw live.lost(row.type.name, row.id, row.seq)
      lines[at] = Buffer.from(wholeLine(row, record, timestamp))
    }
    await breathe()
  }
}

/** The record as of the row, if that is still the newest version and in memory; of a type that nobody knows, its line is better. */
function hotRecord({ type, id, rev }: BaseRow, live: Live): StoredRecord | undefined {
  if (type.entity === undefined) return undefined
  const slot = type.rows.slotOf(id)
  const record = slot === undefined ? undefined : live.bodies.peek(type.cached, slot)
  return record?.rev === rev ? record : undefined
}

/** A row bears the time of its record's last change. */
function wholeLine({ type, id, rev }: BaseRow, record: StoredRecord, timestamp: string): string {
  const { rev: _, ...data } = record
  // Lines of other programs may hold anything there.
  const changedAt = typeof record.updated_at === 'string' ? record.updated_at : timestamp
  return encodeCommit([{ op: 'put', type: type.name, id, rev, data }], { timestamp: changedAt })
}

/** The time of a deletion is not kept in memory, so that a tombstone bears the base's. */
function tombstoneLine({ type, id, rev }: BaseRow, timestamp: string): string {
  return encodeCommit([{ op: 'delete', type: type.name, id, rev }], { timestamp })
}
