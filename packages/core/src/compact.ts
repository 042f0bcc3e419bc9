import {
  type BaseChunk,
  type CompactionProgress,
  type LogWriter,
  type MaintenanceOptions,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import type { BaseRow, BaseRows } from './base-rows.ts'
import { BodyRequest } from './bodies.ts'
import { encodeCommit, isWholeLineOf } from './codec.ts'
import type { Live } from './live.ts'

/** So many records are read, and written again, in one turn of the event loop: about a millisecond of it. */
const rowsPerChunk = 128
/** Progress is told after a hundredth of the rows, and not after fewer than this. */
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
  await rows.list(breathe)
  const maintenance: MaintenanceOptions = { signal, breathe }
  const release = live.bodies.hold()
  try {
    const ptrs = await writer.saveBase(rows.upTo, chunksOf(options), maintenance)
    if (ptrs.length !== rows.length)
      throw new StatewardError('STORAGE_FAILED', `expected ${rows.length} pointers of the base, found ${ptrs.length}`)
    // In slices: the old places hold until the log is truncated, so that it does not matter who reads which.
    await rows.rebase(ptrs, breathe)
  } finally {
    release()
  }
}

async function* chunksOf({ live, writer, rows, timestamp, told }: CompactOptions): AsyncGenerator<BaseChunk> {
  const step = Math.max(leastTold, Math.ceil(rows.length / 100))
  let written = 0
  for (;;) {
    const chunk = rows.take(rowsPerChunk)
    if (chunk.length === 0) return
    const records = await linesOf(chunk, { live, writer, timestamp })
    yield { seqs: chunk.map(({ seq }) => seq), records }
    const before = written
    written += chunk.length
    if (Math.floor(written / step) > Math.floor(before / step)) told({ written, rows: rows.length })
  }
}

interface LinesOptions {
  readonly live: Live
  readonly writer: LogWriter
  readonly timestamp: string
}

/** One line a row: the line of the log itself, where that holds the record whole and alone, else one made of its parts. */
async function linesOf(rows: readonly BaseRow[], { live, writer, timestamp }: LinesOptions): Promise<Uint8Array[]> {
  const whole = rows.filter(({ place }) => place?.patches.length === 0)
  const fetched = await writer.fetch(whole.map(({ place }) => place?.whole ?? 0))
  const lines = new Map<BaseRow, Uint8Array>()
  for (const [at, row] of whole.entries()) {
    const line = fetched[at]
    if (line !== undefined && isWholeLineOf(line, { type: row.type.name, id: row.id, rev: row.rev }))
      lines.set(row, line)
  }
  const rest = rows.filter((row) => row.place !== undefined && !lines.has(row))
  const requests = rest.flatMap(({ type, id, place }) =>
    place === undefined ? [] : [new BodyRequest(type.name, id, place)],
  )
  const records = requests.length === 0 ? [] : await live.bodies.load(requests)
  for (const [at, row] of rest.entries()) {
    const record = records[at]
    if (record === undefined) throw live.lost(row.type.name, row.id, row.seq)
    lines.set(row, Buffer.from(wholeLine(row, record, timestamp)))
  }
  return rows.map((row) => lines.get(row) ?? Buffer.from(tombstoneLine(row, timestamp)))
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
