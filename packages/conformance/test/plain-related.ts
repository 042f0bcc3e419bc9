import type { Entity, QueryAnswer, StoredRecord } from '@stateward/contract'
import { checkList, refuse } from './plain-door.ts'

/** What the rows lead to, looked up one by one. */
export function plainRelated(
  { refs }: Entity,
  include: readonly string[] | undefined,
  rows: readonly StoredRecord[],
  recordsOf: (type: string) => ReadonlyMap<string, StoredRecord>,
): Pick<QueryAnswer, 'related'> {
  if (include === undefined) return {}
  if (new Set(checkList(include)).size !== include.length) refuse('INVALID', 'a reference twice')
  const related = include.map((field) => {
    const { to } =
      Object.entries(refs).find(([name]) => name === field)?.[1] ?? refuse('INVALID', `no reference ${field}`)
    const records: StoredRecord[] = []
    const placeOf = (row: StoredRecord, id: unknown): number => {
      const type = typeof to === 'string' ? to : String(row[to.typeField])
      const record = typeof id === 'string' ? recordsOf(type).get(id) : undefined
      if (record === undefined) return -1
      if (!records.includes(record)) records.push(record)
      return records.indexOf(record)
    }
    const places = rows.map((row) => {
      const value: unknown = row[field]
      return Array.isArray(value) ? value.map((id) => placeOf(row, id)) : placeOf(row, value)
    })
    return [field, { records, places }] as const
  })
  return { related: Object.fromEntries(related) }
}
