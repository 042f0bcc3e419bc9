import type { OpenContext, Row, Store } from '../contender.ts'
import { DataSet } from '../data/data-set.ts'

/** A Map of all records: what reading one by id costs at the least. */
export async function openMapGet(_dir: string, { size, seed }: OpenContext): Promise<Store> {
  const data = new DataSet(size, seed)
  const rows = new Map<string, Row>()
  for (let index = 0; index < size; index++) {
    const row = data.itemAt(index).data
    rows.set(row.id, row)
  }
  return {
    reads: {
      size: () => rows.size,
      get: (_type, id) => rows.get(id),
      newest: () => [],
      specsOf: () => [],
      since: () => [],
      named: () => [],
      counts: () => ({}),
    },
    close: () => undefined,
  }
}
