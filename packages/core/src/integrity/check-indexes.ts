import type { DuplicateValues, IndexesReport, Notify, Slot, StoredRecord, StoreEvent } from '@stateward/contract'
import { checkIndex, type IndexCheck, type KeptIndex } from '@stateward/index'
import { currentRecords } from '../state/current-records.ts'
import type { Live, LiveType } from '../state/live.ts'
import { textOf } from '../validation/storage-error.ts'
import { checkFingerprints } from './check-fingerprints.ts'
import { duplicateValues } from './duplicate-values.ts'

const namedDuplicates = 100

type Rows = ReadonlyMap<Slot, StoredRecord>

/**
 * Compares every index with a full scan of the records, which are read back from the log. One that differs is not asked
 * any more from the same turn on, and `tell` hears of it.
 */
export async function checkIndexes(live: Live, tell?: Notify<StoreEvent>): Promise<IndexesReport> {
  await live.whole.reached()
  const indexes: IndexesReport['indexes'][number][] = []
  const duplicates: DuplicateValues[] = []
  let records = 0
  for (const type of [...live.types.values()]) {
    const checked = await currentRecords(
      live,
      type,
      () => type.rows.ids.slots(),
      (rows) => {
        records += rows.size
        duplicates.push(...duplicateValues(type.name, type.entity, rows.values()))
        const checked = type.kept.all.map((index) => checkOne(type, index, rows, tell))
        const lying = checkFingerprints(type, rows, tell)
        return lying === undefined ? checked : [...checked, lying]
      },
    )
    indexes.push(...checked)
  }
  const found = duplicates.length === 0 ? {} : { duplicates: duplicates.slice(0, namedDuplicates) }
  return { ok: indexes.every(({ ok }) => ok), records, indexes, ...found }
}

function checkOne(
  type: LiveType,
  index: KeptIndex,
  rows: Rows,
  tell: Notify<StoreEvent> | undefined,
): IndexesReport['indexes'][number] {
  const named = { type: type.name, name: index.name }
  if (type.kept.isDropped(index)) return { ...named, ok: true, found: 'is not kept in memory: memory.maxBytes' }
  if (!type.indexes.includes(index)) {
    const failure = type.kept.rebuilding.find((one) => one.index === index)?.failure
    return { ...named, ok: false, found: failure === undefined ? 'is being built again' : `fails: ${failure}` }
  }
  const { ok, differences } = differencesOf(index, rows)
  if (ok) return { ...named, ok, found: `${index.size()} entries` }
  const found = differences.join('; ')
  if (type.kept.distrust(index)) tell?.({ kind: 'index', phase: 'damaged', type: type.name, index: index.name })
  return { ...named, ok, found }
}

/** One that is damaged may throw as well as lie. */
function differencesOf(index: KeptIndex, rows: Rows): IndexCheck {
  try {
    return checkIndex(index, rows)
  } catch (error) {
    return { ok: false, differences: [`index ${index.name}: fails: ${textOf(error)}`] }
  }
}
