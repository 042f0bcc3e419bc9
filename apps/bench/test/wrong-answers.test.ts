import { describe, expect, test } from 'vitest'
import type { Reads, Row, Store } from '../src/contender.ts'
import { DataSet } from '../src/data/data-set.ts'
import { Session } from '../src/session.ts'
import { workloadWithId } from '../src/workloads/registry.ts'
import { memoryStore, type Shelf } from './memory-store.ts'

const data = new DataSet(1000, 1)

function shelfOf(): Shelf {
  const shelf: Shelf = new Map()
  for (let index = 0; index < data.size; index++) {
    const item = data.itemAt(index)
    shelf.set(item.data.id, { type: item.type, row: { ...item.data } })
  }
  return shelf
}

function run(id: string, open: () => Store, acknowledged: readonly number[] = []): Promise<unknown> {
  const session = new Session({
    opener: async () => open(),
    dir: '',
    data,
    timing: { warmMs: 0, warmOperations: 0, runMs: 1 },
    answers: true,
    reopens: true,
    acknowledged,
  })
  return workloadWithId(id).run(session)
}

/** The right store but for one answer. */
function lying(lie: (reads: Reads) => Partial<Reads>): () => Store {
  const store = memoryStore(shelfOf())
  const reads = store.reads as Reads
  return () => ({ ...store, reads: { ...reads, ...lie(reads) } })
}

const honest = (): Store => ({
  ...lying(() => ({}))(),
  scan: { pass: () => data.size, known: (size) => size },
})

const lies: readonly (readonly [workload: string, what: string, open: () => Store])[] = [
  ['R1', 'an absent record', lying(() => ({ get: () => undefined }))],
  [
    'R1',
    'a changed field',
    lying((reads) => ({ get: (type, id) => ({ ...(reads.get(type, id) as Row), name: 'x' }) })),
  ],
  ['R2', 'rows in another order', lying((reads) => ({ newest: (s, n) => (reads.newest(s, n) as Row[]).toReversed() }))],
  ['R3', 'a row too few', lying((reads) => ({ specsOf: (id) => (reads.specsOf(id) as Row[]).slice(1) }))],
  ['R4', 'a row too many', lying((reads) => ({ since: (from, limit) => reads.since(from, limit + 1) }))],
  ['R6', 'a count too high', lying((reads) => ({ counts: () => ({ ...reads.counts(), running: 1 }) }))],
  ['R1/cold', 'an absent record', lying(() => ({ get: () => undefined }))],
  [
    'R2/cold',
    'rows in another order',
    lying((reads) => ({ newest: (s, n) => (reads.newest(s, n) as Row[]).toReversed() })),
  ],
  ['R8', 'a record too few', () => ({ ...honest(), scan: { pass: () => data.size - 1, known: (size) => size } })],
  ['S1', 'another row', lying((reads) => ({ newest: (_, n) => reads.newest('pending', n) }))],
  ['S2', 'an absent record', lying(() => ({ get: () => undefined }))],
  ['K1/cache', 'another row', lying((reads) => ({ newest: (_, n) => reads.newest('pending', n) }))],
]

describe('a wrong answer is an error, not a figure', () => {
  test.for(lies)('%s: %s', async ([workload, , open]) => {
    await expect(run(workload, open)).rejects.toThrow('wrong answer')
  })

  test('the same store without a lie is measured', async () => {
    for (const workload of new Set(lies.map(([id]) => id))) {
      await expect(run(workload, honest)).resolves.toBeDefined()
    }
  })
})

test('what was at hand is no cold read, and has no figure', async () => {
  const told = (cached: number, fetched: number) => () => {
    let looks = 0
    return { ...honest(), lookups: async () => ({ cached: cached * looks, fetched: fetched * looks++ }) }
  }
  await expect(run('R1/cold', told(2, 98))).rejects.toThrow('not cached')
  await expect(run('R2/cold', told(1, 0))).rejects.toThrow('not cached')
  await expect(run('R1/cold', told(0, 98))).resolves.toMatchObject({
    remark: '100.0 % of 98 bodies were read from the log',
  })
})

describe('what a killed process leaves', () => {
  const left = (counts: readonly number[], change: (shelf: Shelf) => void = () => undefined): (() => Store) => {
    const shelf = shelfOf()
    for (const item of counts.map((count) => data.newItem(count))) {
      shelf.set(item.data.id, { type: item.type, row: { ...item.data } })
    }
    change(shelf)
    return () => memoryStore(shelf)
  }
  const [first, last] = [data.itemAt(0).data.id, data.newItem(2).data.id]

  test('is measured when everything acknowledged is there, and more, with gaps where nobody heard of it', async () => {
    await expect(run('K1/cache', left([0, 2, 3, 40]), [2, 0])).resolves.toMatchObject({
      remark: '2 acknowledged before the kill, all found, and 2 more',
    })
  })

  const losses: readonly (readonly [what: string, open: () => Store])[] = [
    ['a new item that was acknowledged and is gone', left([0, 2])],
    ['a new item in another state', left([0, 1, 2], (shelf) => shelf.set(last, { type: 'phase', row: { id: last } }))],
    ['a loaded record that is gone', left([0, 1, 2], (shelf) => shelf.delete(first))],
    [
      'a loaded record in another state',
      left([0, 1, 2], (shelf) => shelf.set(first, { type: 'plan', row: { id: first } })),
    ],
    ['a record that nobody sent', left([0, 1, 2], (shelf) => shelf.set('x', { type: 'phase', row: { id: 'x' } }))],
  ]
  test.for(losses)('is an error with %s', async ([, open]) => {
    await expect(run('K1/cache', open, [0, 1, 2])).rejects.toThrow('wrong answer')
  })
})

describe('a write that is acknowledged and lost is an error', () => {
  const writing = ['W1', 'W2/64', 'W4', 'R7']
  const startOf = (workload: string): Shelf => (/W[12]/.test(workload) ? new Map() : shelfOf())

  test.for(writing)('%s', async (workload) => {
    // Opened for the second time it holds what it held at the very beginning.
    await expect(run(workload, () => memoryStore(startOf(workload)))).rejects.toThrow('wrong answer')
  })

  test.for(writing)('%s is measured when nothing is lost', async (workload) => {
    const shelf = startOf(workload)
    await expect(run(workload, () => memoryStore(shelf))).resolves.toBeDefined()
  })
})
