import type { LogReader, Slot, StoredRecord, VerifyReport } from '@stateward/contract'
import { checkIndex } from '@stateward/index'
import type { Live, LiveType } from './live.ts'

const rowsPerLoad = 1_024

/** Checks the storage's checksums, reads every record back, and compares every index with a full scan of them. */
export async function verify(reader: LogReader, live: Live): Promise<VerifyReport> {
  await live.whole.reached()
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

/**
 * All live records by slot, read from the log and not from the cache; true to the turn in which the promise settles.
 * What changes meanwhile is taken from the cache where it is there, or a busy store would never be done with.
 */
async function everyRecord(live: Live, type: LiveType): Promise<Map<Slot, StoredRecord>> {
  const rows = new Map<Slot, StoredRecord>()
  for (let again = false; ; again = true) {
    for (const [slot, record] of rows) if (type.rows.slotOf(record.id) !== slot) rows.delete(slot)
    const stale: Slot[] = []
    for (const slot of type.rows.ids.slots()) {
      const known = rows.get(slot)
      if (known?.rev === type.rows.rev(slot) && known.id === type.rows.idOf(slot)) continue
      const hot = again ? live.hot(type, slot) : undefined
      if (hot === undefined) stale.push(slot)
      else rows.set(slot, hot)
    }
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
  // Some may have been deleted while others were read.
  const there = slots.filter((slot) => type.rows.slotOf(type.rows.idOf(slot)) === slot)
  const requests = there.map((slot) => live.request(type, slot))
  const records = await live.bodies.load(requests)
  for (const [at, request] of requests.entries()) {
    const record = records[at]
    const slot = there[at]
    if (record === undefined) throw live.lost(request.type, request.id, request.place.seq)
    if (slot !== undefined) rows.set(slot, record)
  }
}
