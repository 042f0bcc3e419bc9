import { entity, type StoredRecord, type Where } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePredicate } from '../src/planning/predicate.ts'
import { WatchIndex } from '../src/results/watch-index.ts'

const anything = entity({
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
})
const record = (id: string, status: string, owner: string): StoredRecord => ({
  ...{ id, status, owner, rev: 1, created_at: '', updated_at: '' },
})

const one = (values: readonly string[]) => fc.constantFrom(...values)
const ids = ['a', 'b', 'c']
const statuses = ['x', 'y']
const filters: fc.Arbitrary<Where> = fc.oneof(
  fc.record({ id: one(ids), status: one(statuses), owner: one(ids) }, { requiredKeys: [] }),
  fc.record({ status: fc.record({ in: fc.array(one(statuses), { maxLength: 2 }) }), owner: one(ids) }),
  fc.record({ owner: fc.record({ gte: one(ids) }) }),
)
const records = fc
  .record({ id: one(ids), status: one(statuses), owner: one(ids) })
  .map((r) => record(r.id, r.status, r.owner))

test('whoever comes and goes, every filter that one of two versions fits is among those that are touched', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(filters, fc.boolean())), records, records, (watched, before, after) => {
      const index = new WatchIndex<Where>(anything)
      for (const [filter] of watched) index.add(filter, filter)
      for (const [filter, goes] of watched) if (goes) index.remove(filter)
      const touched = index.touched(before, after)
      const stay = watched.flatMap(([filter, goes]) => (goes ? [] : [filter]))
      expect(index.size).toBe(stay.length)
      for (const filter of stay) {
        const fits = compilePredicate(filter, anything)
        if (fits(before) || fits(after)) expect(touched).toContain(filter)
      }
      for (const filter of touched) expect(stay).toContain(filter)
    }),
  )
})

test('of two fields that a filter holds to one value each, it stands at the one that tells more records apart', () => {
  const index = new WatchIndex<string>(anything)
  for (let at = 0; at < 1_000; at++) index.add({ status: at % 2 === 0 ? 'x' : 'y', owner: `o${at}` }, `watcher ${at}`)
  const touched = index.touched(record('a', 'x', 'o500'), record('a', 'y', 'o500'))
  expect(touched).toContain('watcher 500')
  expect(touched.size).toBeLessThan(10)
})
