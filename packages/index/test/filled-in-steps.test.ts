import type { StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import type { FieldIndex } from '../src/indexes/field-index.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { RecordColumns } from '../src/indexes/record-columns.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'

const rows = 40_000
const ids = idTable()

const indexes: readonly FieldIndex[] = [
  equalityIndex({ name: 'n', field: 'n', kind: 'value' }),
  relationIndex({ name: 'n →', field: 'n' }),
  orderedIndex({ name: 'n order', field: 'n', kind: 'value', ids }),
  orderedIndex({ name: 'name order', field: 'name', kind: 'value' }),
  orderedIndex({ name: 'id order', field: 'id', kind: 'value', ids }),
  compoundIndex({ name: 'n+name', fields: ['n', 'name'], kinds: ['value', 'value'], ids }),
]

for (let at = 0; at < rows; at++) ids.insert(`r${(at * 7_919) % rows}`)

for (const index of indexes) {
  test(`${index.name} is filled in steps of some thousand records`, () => {
    const columns = new RecordColumns([index], ids)
    for (const slot of ids.slots()) {
      const at = (slot * 31) % rows
      const record = { id: ids.idOf(slot), n: at % 97, name: `n${at}` } as unknown as StoredRecord
      columns.put(slot, record as never)
    }
    // Nearly all comes last where an index is filled at once, whatever steps came before.
    const sizes: number[] = []
    for (const _ of columns.fill()) sizes.push(index.size())
    sizes.push(index.size())
    expect(sizes.at(-1)).toBe(rows)
    // An order is known to be as long as it will be from its first step on.
    const grown = sizes.filter((size, at) => size !== sizes[at - 1]).length
    if (!index.shape.range) expect(grown).toBeGreaterThan(2)
    expect(sizes.length).toBeGreaterThan(5)
  })
}
