import type { Slot, StoredRecord } from '@stateward/contract'
import { exactProbe, isExactFor, type KeptIndex } from '@stateward/index'
import { IndexUnbuilt } from '../records/suspension.ts'
import type { UniqueKey } from '../records/unique-keys.ts'
import type { Live, LiveType } from './live.ts'
import { buildSlice, isBuilt } from './rebuild-on.ts'
import type { Rebuilding } from './type-indexes.ts'

/** Whether the index answers who holds the values of the key; the first one that does is kept whatever memory it takes. */
export function answersFor(index: KeptIndex, { fields }: UniqueKey): boolean {
  // One of the domain's own may leave something out, which nobody notices here.
  return index.isCustom !== true && isExactFor(index, fields)
}

/**
 * Slots of the records that may hold what this one holds in the fields of a unique key. Throws `IndexUnbuilt` while the only
 * index that could say so is being built again: asking all records instead would cost as much, for each write.
 */
export function slotsHolding(live: Live, type: LiveType, key: UniqueKey, record: StoredRecord): Iterable<Slot> {
  const { kept } = type
  for (;;) {
    const index = type.indexes.find((one) => answersFor(one, key))
    if (index === undefined) break
    try {
      return slotsIn(index, key, record)
    } catch (error) {
      // What it holds can be made again; that it cannot be asked must not keep anybody from writing.
      if (!kept.failed(index)) throw error
    }
  }
  const dropped = kept.dropped.find(({ index }) => answersFor(index, key))
  if (dropped !== undefined) kept.restore(dropped)
  const rebuilding = kept.rebuilding.find(({ index }) => answersFor(index, key))
  if (rebuilding === undefined) return type.rows.ids.slots()
  if (!isBuilt(type, rebuilding)) throw unbuilt(live, type, rebuilding)
  return slotsIn(rebuilding.index, key, record)
}

/** As a list: an index that fails does so while it is read. */
function slotsIn(index: KeptIndex, { fields }: UniqueKey, record: StoredRecord): readonly Slot[] {
  return [...index.lookup(exactProbe(index, fields, record))]
}

function unbuilt(live: Live, type: LiveType, rebuilding: Rebuilding): IndexUnbuilt {
  return new IndexUnbuilt(async (breathe) => {
    while (type.kept.rebuilding.includes(rebuilding) && !isBuilt(type, rebuilding)) {
      await buildSlice(live, type, rebuilding)
      await breathe()
    }
  })
}
