import type { LogReader, Slot, StoredRecord, VerifyReport } from '@stateward/contract'
import { checkIndex } from '@stateward/index'
import { type Live, type LiveType, lost } from './live.ts'

const rowsPerLoad = 1_024

/** Checks the storage's checksums, reads every record back, and compares every index with a full scan of them. */
export async function verify(reader: LogReader, live: Live): Promise<VerifyReport> {
  const storage = await reader.verify()
  const indexes: VerifyReport['indexes'][number][] = []
  let records = 0
  // Records can only be read back from a log that is whole.
  if (!storage.ok) return { ok: false, storage, indexes, records }
  for (const type of live.types.values()) {
    const rows = await everyRecord(live, type)
    records += rows.size
    // No await between here and the read above, so nothing has changed meanwhile.
    for (const index of type.indexes) {
      const { ok, differences } = checkIndex(index, rows)
      indexes.push({
        type: type.name,
        name: index.name,
        ok,
        found: ok ? `${index.size()} entries` : differences.join('; '),
      })
    }
  }
  return { ok: indexes.every(({ ok }) => ok), storage, indexes, records }
}

/** All live records by slot, read from the log and not from the cache; true to the turn in which the promise settles. */
async function everyRecord(live: Live, type: LiveType): Promise<Map<Slot, StoredRecord>> {
  const rows = new Map<Slot, StoredRecord>()
  for (;;) {
    for (const [slot, record] of rows) if (type.rows.slotOf(record.id) !== slot) rows.delete(slot)
    const stale = [...type.rows.ids.slots()].filter(
      (slot) => rows.get(slot)?.rev !== type.rows.rev(slot) || rows.get(slot)?.id !== type.rows.idOf(slot),
    )
    if (stale.length === 0) return rows
    for (let from = 0; from < stale.length; from += rowsPerLoad)
      await loadInto(rows, live, type, stale.slice(from, from + rowsPerLoad))
  }
}

async function loadInto(
  rows: Map<Slot, StoredRecord>,
  live: Live,
  type: LiveType,
  slots: readonly Slot[],
): Promise<void> {
  const requests = slots.map((slot) => live.request(type, slot))
  const records = await live.bodies.load(requests)
  for (const [at, slot] of slots.entries()) {
    const record = records[at]
    const request = requests[at]
    if (record !== undefined) rows.set(slot, record)
    else if (request !== undefined) throw lost(request.type, request.id, request.place.seq)
  }
}
