import {
  type BaseChunk,
  type CompactReport,
  type LogWriter,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { BodyRequest } from './bodies.ts'
import { encodeCommit } from './codec.ts'
import type { Live, LiveType } from './live.ts'
import { recordKey } from './record-key.ts'
import type { VersionPlace } from './row-table.ts'

/** One row of the base to come. `place` is absent for a tombstone. */
interface BaseRow {
  readonly type: LiveType
  readonly id: string
  readonly seq: Seq
  readonly rev: number
  readonly place: VersionPlace | undefined
}

const rowsPerChunk = 256

export interface CompactOptions {
  readonly live: Live
  readonly writer: LogWriter
  readonly timestamp: string
}

export interface Compacted {
  readonly upTo: Seq
  /** Asked for after the storage has let go of what the base covers. */
  readonly report: () => Promise<CompactReport>
}

/**
 * Writes the durable state as a base while reads and writes go on, and moves every place over to it in one turn. Letting
 * go of what the base covers is the caller's. A failure at any step leaves the state and the log as they were.
 */
export async function compact({ live, writer, timestamp }: CompactOptions): Promise<Compacted> {
  const before = await writer.stats()
  const upTo = live.lastSeq
  const rows = rowsOf(live)
  const release = live.bodies.hold()
  try {
    const ptrs = await writer.saveBase(upTo, chunksOf(live, rows, timestamp))
    if (ptrs.length !== rows.length)
      throw new StatewardError('STORAGE_FAILED', `expected ${rows.length} pointers of the base, found ${ptrs.length}`)
    for (const [at, { type, id, place }] of rows.entries()) {
      const slot = type.rows.slotOf(id)
      if (slot !== undefined && place !== undefined) type.rows.rebase(slot, place, ptrs[at] ?? 0)
    }
  } finally {
    release()
  }
  const records = rows.filter(({ place }) => place !== undefined).length
  const report = async (): Promise<CompactReport> => {
    const after = await writer.stats()
    return { upTo, records, bytesBefore: before.bytes, bytesAfter: after.bytes }
  }
  return { upTo, report }
}

/** Every live record and tombstone, in the order of the commits that last changed them. */
function rowsOf(live: Live): BaseRow[] {
  const rows: BaseRow[] = []
  for (const type of live.types.values()) {
    for (const slot of type.rows.ids.slots()) {
      rows.push({
        type,
        id: type.rows.idOf(slot),
        seq: type.rows.seq(slot),
        rev: type.rows.rev(slot),
        place: type.rows.place(slot),
      })
    }
    for (const [id, { seq, rev }] of type.rows.tombstones) rows.push({ type, id, seq, rev, place: undefined })
  }
  return rows.sort((left, right) => left.seq - right.seq)
}

async function* chunksOf(live: Live, rows: readonly BaseRow[], timestamp: string): AsyncGenerator<BaseChunk> {
  for (let from = 0; from < rows.length; from += rowsPerChunk) {
    const chunk = rows.slice(from, from + rowsPerChunk)
    const requests = chunk.flatMap(({ type, id, place }) =>
      place === undefined ? [] : [new BodyRequest(type.name, id, place)],
    )
    const records = await live.bodies.load(requests)
    const byKey = new Map(requests.map((request, at) => [recordKey(request.type, request.id), records[at]]))
    const encoded = chunk.map((row) => {
      const record = byKey.get(recordKey(row.type.name, row.id))
      if (row.place !== undefined && record === undefined) throw live.lost(row.type.name, row.id, row.seq)
      return Buffer.from(encodedRow(row, record, timestamp))
    })
    yield { seqs: chunk.map(({ seq }) => seq), records: encoded }
  }
}

/** A row bears the time of its record's last change. That of a deletion is not kept in memory, so a tombstone bears the base's. */
function encodedRow({ type, id, rev }: BaseRow, record: StoredRecord | undefined, timestamp: string): string {
  if (record === undefined) return encodeCommit([{ op: 'delete', type: type.name, id, rev }], { timestamp })
  const { rev: _, ...data } = record
  // Lines of other programs may hold anything there.
  const changedAt = typeof record.updated_at === 'string' ? record.updated_at : timestamp
  return encodeCommit([{ op: 'put', type: type.name, id, rev, data }], { timestamp: changedAt })
}
