import { domain } from '@stateward/domain'
import { describe, expect, test } from 'vitest'
import { DataSet } from '../src/data/data-set.ts'
import { itemTypes, parentOf } from '../src/data/item.ts'

const data = new DataSet(2210, 7)
const items = Array.from({ length: data.size }, (_, index) => data.itemAt(index))

describe('the data set', () => {
  test('is the same for the same seed and another for another', () => {
    expect(new DataSet(2210, 7).itemAt(1234)).toEqual(data.itemAt(1234))
    expect(new DataSet(2210, 8).itemAt(1234)).not.toEqual(data.itemAt(1234))
  })

  test('has 20 specs a plan and 10 phases or executions a spec', () => {
    const count = (type: string): number => items.filter((item) => item.type === type).length
    expect(itemTypes.map(count)).toEqual([10, 200, 1000, 1000])
  })

  test('ids ascend with the index, and no two are equal', () => {
    const ids = items.map((item) => item.data.id)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set([...ids, data.newItem(0).data.id, data.newItem(1).data.id]).size).toBe(data.size + 2)
  })

  test('refers only to records that come before, in the order of the batches', () => {
    const seen = new Set<string>([''])
    let count = 0
    for (const batch of data.batches(100)) {
      expect(new Set(batch.map(({ type }) => type)).size).toBe(1)
      for (const item of batch) expect(seen).toContain(parentOf(item))
      for (const item of batch) seen.add(item.data.id)
      count += batch.length
    }
    expect(count).toBe(data.size)
    expect(seen).toContain(parentOf(data.newItem(12345)))
  })

  test('holds 350 bytes of JSON a record, as the bars of disk and memory take it', () => {
    const bytes = items.reduce((sum, item) => sum + JSON.stringify(item.data).length, 0)
    expect(bytes / items.length).toBeGreaterThan(347)
    expect(bytes / items.length).toBeLessThan(353)
  })

  test("is valid in the built-in domain, field by field as the schema's own output", async () => {
    for (const item of items) {
      const { id, created_at, updated_at, ...fields } = item.data
      const checked = await domain.entities[item.type].schema['~standard'].validate(fields)
      expect(checked).toEqual({ value: fields })
    }
  })
})
