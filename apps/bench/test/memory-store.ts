import type { Row, Store } from '../src/contender.ts'
import type { Item, ItemType } from '../src/data/item.ts'

/** What is kept, by id. */
export type Shelf = Map<string, { readonly type: ItemType; readonly row: Row & Readonly<Record<string, unknown>> }>

/** A store that answers right, slowly, from a shelf that outlives it. */
export function memoryStore(shelf: Shelf): Store {
  const put = (item: Item): void => {
    shelf.set(item.data.id, { type: item.type, row: { ...item.data } })
  }
  const rowsOf = (type: ItemType, field: string, value: unknown): Row[] =>
    [...shelf.values()].filter((kept) => kept.type === type && kept.row[field] === value).map(({ row }) => row)
  const byTime = (a: Row, b: Row): number => Date.parse(timeOf(a)) - Date.parse(timeOf(b)) || (a.id < b.id ? -1 : 1)
  return {
    writes: {
      load: async (batches) => {
        for (const batch of batches) for (const item of batch) put(item)
      },
      create: put,
      update: (id, changes) => {
        const kept = shelf.get(id)
        if (kept !== undefined) shelf.set(id, { ...kept, row: { ...kept.row, ...changes } })
      },
    },
    reads: {
      size: () => shelf.size,
      get: (_, id) => shelf.get(id)?.row,
      newest: (status, limit) =>
        rowsOf('phase', 'status', status)
          .toSorted((a, b) => byTime(b, a))
          .slice(0, limit),
      specsOf: (planId) => rowsOf('spec', 'plan_id', planId).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      since: (from, limit) =>
        [...shelf.values()]
          .filter(({ type, row }) => type === 'phase' && timeOf(row) >= from)
          .map(({ row }) => row)
          .toSorted(byTime)
          .slice(0, limit),
      named: (name, order) =>
        rowsOf('phase', 'name', name)
          .filter((row) => 'order' in row && row.order === order)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      counts: () => {
        const counts: Record<string, number> = {}
        for (const { type, row } of shelf.values())
          if (type === 'phase') counts[String(row.status)] = (counts[String(row.status)] ?? 0) + 1
        return counts
      },
    },
    close: () => undefined,
  }
}

function timeOf(row: Row): string {
  return 'updated_at' in row ? String(row.updated_at) : ''
}
