import { expect, test } from 'vitest'
import { Bodies } from '../src/records/bodies.ts'
import { Live } from '../src/state/live.ts'
import { MemoryBudget } from '../src/state/memory-budget.ts'
import { tinyDomain } from './tiny-domain.ts'

const timestamp = '2026-01-31T10:00:00.000Z'
const records = 20_000
const cacheBytes = 1_000

function bytesOf({ types }: Live): number {
  return [...types.values()].reduce(
    (sum, { rows, kept }) => kept.all.reduce((more, index) => more + index.bytes(), sum + rows.bytes),
    0,
  )
}

test('what fills again by itself keeps no dropped index from coming back', () => {
  const live = new Live(tinyDomain, new Bodies({ fetch: async () => [] }, cacheBytes))
  for (let seq = 1; seq <= records; seq++) {
    const data = { id: `t${seq}`, title: `title ${seq}`, state: 'open', created_at: timestamp, updated_at: timestamp }
    const changes = [{ op: 'put', type: 'task', id: data.id, rev: 1, data } as const]
    live.replay({ seq, timestamp, changes }, seq)
  }
  const { kept, rows } = live.type('task')
  const index = kept.trusted.find(({ name }) => name === 'id order')
  if (index === undefined) throw new Error('expected an index, found none')
  const bytes = index.bytes()
  kept.drop(index, { bytes, records })
  const needed = bytesOf(live) + cacheBytes
  const fields = ['title', 'notes', 'color', 'owner'].map((field) => ({ field, kind: 'value' as const, values: ['x'] }))
  rows.fingerprints.sieve(fields)
  for (const slot of rows.ids.slots()) rows.fingerprints.learn(slot, { title: 'x' })
  const room = needed + bytes * 2
  const budgetOf = (maxBytes: number) => new MemoryBudget({ cacheBytes, maxBytes }, () => undefined)

  expect(rows.fingerprints.bytes).toBeGreaterThan(records)
  expect(budgetOf(room - 1).restore(live)).toBe(false)
  expect(budgetOf(room + 1).restore(live)).toBe(true)
  expect(rows.fingerprints.bytes).toBe(0)
  expect(kept.rebuilding.map(({ index: { name } }) => name)).toEqual([index.name])
})
