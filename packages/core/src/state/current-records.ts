import type { Slot, StoredRecord } from '@stateward/contract'
import type { Live, LiveType } from './live.ts'

const rowsPerLoad = 1_024

/**
 * Reads the live records in these slots from the log and not from the cache, and hands them over in the very turn in which
 * all of them are the newest. `slotsOf` says which slots are live, and is asked anew as long as there are changes meanwhile.
 * What changes meanwhile is taken from the cache where it is there, or a busy store would never be done with.
 */
export async function currentRecords<T>(
  live: Live,
  type: LiveType,
  slotsOf: () => Iterable<Slot>,
  take: (rows: ReadonlyMap<Slot, StoredRecord>) => T,
): Promise<T> {
  const rows = new Map<Slot, StoredRecord>()
  for (let again = false; ; again = true) {
    for (const [slot, record] of rows) if (type.rows.slotOf(record.id) !== slot) rows.delete(slot)
    const stale: Slot[] = []
    for (const slot of slotsOf()) {
      const known = rows.get(slot)
      if (known?.rev === type.rows.rev(slot) && known.id === type.rows.idOf(slot)) continue
      const hot = again ? live.hot(type, slot) : undefined
      if (hot === undefined) stale.push(slot)
      else rows.set(slot, hot)
    }
    // Within this turn: whoever awaits a promise goes on in a later one, when a commit may have come in.
    if (stale.length === 0) return take(rows)
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
