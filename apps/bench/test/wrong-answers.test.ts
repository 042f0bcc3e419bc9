import { describe, expect, test } from 'vitest'
import type { Reads, Row, Store } from '../src/contender.ts'
import { DataSet } from '../src/data/data-set.ts'
import { KnownAnswers } from '../src/data/known-answers.ts'
import { Session } from '../src/session.ts'
import { workloadsNamed } from '../src/workloads/registry.ts'
import { memoryStore, type Shelf } from './memory-store.ts'

const data = new DataSet(1000, 1)
const known = new KnownAnswers(data)
const [newest = ''] = known.newest('running', 1)

function shelfOf(): Shelf {
  const shelf: Shelf = new Map()
  for (let index = 0; index < data.size; index++) {
    const item = data.itemAt(index)
    shelf.set(item.data.id, { type: item.type, row: { ...item.data } })
  }
  return shelf
}

function run(workload: string, open: () => Store): Promise<unknown>[] {
  const session = new Session({
    opener: async () => open(),
    dir: '',
    data,
    timing: { warmMs: 0, runMs: 1 },
    answers: true,
    reopens: true,
  })
  return workloadsNamed([workload]).map((one) => one.run(session))
}

/** The right store but for one answer. */
function lying(lie: (reads: Reads) => Partial<Reads>): () => Store {
  const store = memoryStore(shelfOf())
  const reads = store.reads as Reads
  return () => ({ ...store, reads: { ...reads, ...lie(reads) } })
}

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
  ['S1', 'another row', lying((reads) => ({ newest: (_, n) => reads.newest('pending', n) }))],
]

describe('a wrong answer is an error, not a figure', () => {
  test.for(lies)('%s: %s', async ([workload, , open]) => {
    for (const outcome of run(workload, open)) await expect(outcome).rejects.toThrow('wrong answer')
  })

  test('the same store without a lie is measured', async () => {
    for (const workload of new Set(lies.map(([id]) => id))) {
      for (const outcome of run(
        workload,
        lying(() => ({})),
      ))
        await expect(outcome).resolves.toBeDefined()
    }
    expect(newest).not.toBe('')
  })
})

describe('a write that is acknowledged and lost is an error', () => {
  test.for(['W1', 'W2', 'W4', 'R7'])('%s', async (workload) => {
    // Opened for the second time it holds what it held at the very beginning.
    const open = (): Store => memoryStore(workload.startsWith('W1') || workload === 'W2' ? new Map() : shelfOf())
    for (const outcome of run(workload, open)) await expect(outcome).rejects.toThrow('wrong answer')
  })

  test.for(['W1', 'W2', 'W4', 'R7'])('%s is measured when nothing is lost', async (workload) => {
    const shelf = workload.startsWith('W1') || workload === 'W2' ? new Map() : shelfOf()
    const [outcome] = run(workload, () => memoryStore(shelf))
    await expect(outcome).resolves.toBeDefined()
  })
})
