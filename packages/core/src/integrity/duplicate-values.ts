import type { DuplicateValues, Entity, StoredRecord } from '@stateward/contract'
import { heldKey } from '@stateward/index'
import { uniqueKeysOf } from '../records/unique-keys.ts'

const namedIds = 20

/** Values that only one of these records may hold, and several do. They are all live records of the type. O(n), and a text a record. */
export function duplicateValues(
  type: string,
  entity: Entity | undefined,
  records: Iterable<StoredRecord>,
): readonly DuplicateValues[] {
  const all = [...records]
  return uniqueKeysOf(entity).flatMap((key) => {
    const holders = new Map<string, StoredRecord[]>()
    for (const record of all) {
      const held = heldKey(key, record)
      if (held === undefined) continue
      const others = holders.get(held)
      if (others === undefined) holders.set(held, [record])
      else others.push(record)
    }
    const { fields } = key
    return [...holders.values()].flatMap((records) => {
      const [first] = records
      if (first === undefined || records.length === 1) return []
      const values = fields.map((field) => first[field] ?? null)
      const ids = records.map(({ id }) => id).sort()
      return [{ type, fields, values, records: records.length, ids: ids.slice(0, namedIds) }]
    })
  })
}
