import { compareValues, type Entity, fieldKind, type Query, type StoredRecord } from '@stateward/contract'
import { slowlyMatches } from './slow-filter.ts'

/** All rows of a query, limit aside: filter everything, then sort it. */
export function slowAnswer(query: Query, rows: Iterable<StoredRecord>, entity: Entity): StoredRecord[] {
  const own = (row: StoredRecord, field: string) => (Object.hasOwn(row, field) ? row[field] : undefined)
  return [...rows]
    .filter((row) => slowlyMatches(query.where ?? {}, row, entity.times))
    .sort((left, right) => {
      for (const [field, direction] of [...(query.orderBy ?? []), ['id', 'asc'] as const]) {
        const order = compareValues(own(left, field), own(right, field), fieldKind(entity, field))
        if (order !== 0) return direction === 'asc' ? order : -order
      }
      return 0
    })
}
