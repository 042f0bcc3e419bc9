import type { Slot, StoredRecord } from '@stateward/contract'
import { currentRecords } from './current-records.ts'
import type { Live, LiveType } from './live.ts'
import { beginAgain, type Rebuilding } from './type-indexes.ts'

const slotsPerSlice = 256

/** Slices under way: two that build the same index take turns. */
const underWay = new WeakMap<Rebuilding, Promise<void>>()

/** Whether it holds every record, in this turn. */
export function isBuilt({ rows }: LiveType, { upTo }: Rebuilding): boolean {
  return upTo >= rows.used
}

/** Reads the next slots, in their order, into an index that is being built again; or waits for whoever is at it. */
export function buildSlice(live: Live, type: LiveType, rebuilding: Rebuilding): Promise<void> {
  const known = underWay.get(rebuilding)
  if (known !== undefined) return known
  const end = rebuilding.upTo + slotsPerSlice
  const slice = currentRecords(
    live,
    type,
    () => type.rows.slotsWithin(rebuilding.upTo, end),
    (rows) => {
      take(rebuilding, rows)
      rebuilding.upTo = end
    },
  ).finally(() => underWay.delete(rebuilding))
  underWay.set(rebuilding, slice)
  return slice
}

/** One that fails in the middle of this holds nobody knows what. */
function take(rebuilding: Rebuilding, rows: ReadonlyMap<Slot, StoredRecord>): void {
  try {
    for (const [slot, record] of rows) rebuilding.index.update(slot, undefined, record)
  } catch (error) {
    beginAgain(rebuilding)
    throw error
  }
}
