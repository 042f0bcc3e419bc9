import type { Probe, StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { freeMemory } from '../src/images/free-memory.ts'
import { textIndex } from '../src/indexes/text-index.ts'
import { Table } from './history.ts'
import { cases } from './index-cases.ts'
import { uuidAt } from './uuid-at.ts'

const records = 3_000
const closed: unknown = expect.objectContaining({ code: 'CLOSED' })

function recordAt(at: number): StoredRecord {
  const time = new Date(Date.UTC(2026, 0, 1) + ((at * 7_919) % records) * 1_000).toISOString()
  const own = { at: time, status: at % 3 === 0 ? 'open' : 'closed', owner: `o${at % 100}`, constructor: at }
  return { ...own, id: uuidAt(at), rev: 1, created_at: time, updated_at: time }
}

const all = [...cases, { title: 'text', make: () => textIndex({ name: 'status text', field: 'status' }) }]

test.each(all)('$title: released, it gives all of its memory out, once, and answers nothing but CLOSED', ({ make }) => {
  const ids = idTable()
  const index = make(ids)
  const table = new Table([index], ids)
  for (let at = 0; at < records; at++) table.put(recordAt(at))
  const known = index.bytes()
  const probe: Probe = {
    equal: Array.from({ length: index.shape.equal }, () => ['open']),
    ...(index.texts && { contains: 'owner' }),
  }
  const memory = index.image?.release?.() ?? []
  expect(new Set(memory.map(({ buffer }) => buffer)).size).toBe(memory.length)
  // What is not in typed arrays are objects of the engine: texts as keys, where there are any.
  expect(memory.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeGreaterThan(known / 20)
  expect(index.bytes()).toBeLessThan(known / 10)
  for (const _ of freeMemory(memory));
  // Of the smallest there is nothing to free.
  expect(memory.filter(({ byteLength }) => byteLength > 64)).toEqual([])
  expect(() => [...index.lookup(probe)]).toThrow(closed)
  if (index.sorted !== undefined) expect(() => [...(index.sorted?.scan('desc', probe) ?? [])]).toThrow(closed)
  if (index.counters !== undefined) expect(() => [...(index.counters?.counts() ?? [])]).toThrow(closed)
})

test('a table of ids that is released knows none, and says why', () => {
  const ids = idTable()
  for (let at = 0; at < records; at++) ids.insert(at % 2 === 0 ? uuidAt(at) : `text ${at}`)
  expect(ids.slotOf(uuidAt(0))).toBe(0)
  for (const _ of freeMemory(ids.release()));
  const questions = [
    () => ids.slotOf(uuidAt(0)),
    () => ids.slotOf('text 1'),
    () => ids.slotOf('never there'),
    () => ids.idOf(0),
    () => ids.isLive(0),
    () => [...ids.slots()],
  ]
  for (const ask of questions) expect(ask).toThrow(closed)
})
