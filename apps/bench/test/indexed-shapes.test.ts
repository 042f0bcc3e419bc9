import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IndexedReads, Row, Store } from '../src/contender.ts'
import { openStateward } from '../src/contenders/stateward.ts'
import { DataSet } from '../src/data/data-set.ts'
import { readsOf, writesOf } from '../src/part-of.ts'
import { commonShapes, furtherShapes } from '../src/workloads/indexed-shapes.ts'

const data = new DataSet(1000, 1)
let dir: string
let store: Store

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stateward-shapes-'))
  store = await openStateward(dir)
  await writesOf(store).load(data.batches(1000))
})
afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const indexed = (): IndexedReads => {
  if (store.indexed === undefined) throw new Error('expected indexed reads, found none')
  return store.indexed
}
/** Without the first row, which every answer that is looked at has. */
const less = async (rows: Promise<readonly Row[]> | readonly Row[]): Promise<readonly Row[]> => (await rows).slice(1)

test('every shape of the domain is asked, and its answers are right', async () => {
  const shapes = [...(await commonShapes(readsOf(store), data, true)), ...(await furtherShapes(indexed(), data))]
  expect(shapes.map(({ name }) => name)).toEqual([
    ...['get by id', 'newest 20 of a status', 'specs of a plan', 'range of 100', 'counts by status'],
    ...['a query by unique id', 'phases of a spec by order (compound)'],
    ...['20 of a status from an instant on (compound)', 'newest 20 of all (order by)'],
    ...['specs of a plan whose name contains a text', 'the page of 20 behind a cursor'],
  ])
})

test('a wrong answer of any shape is an error, before anything is timed', async () => {
  const right = indexed()
  const lies: readonly Partial<IndexedReads>[] = [
    { withId: (id) => less(right.withId(id)) },
    { phasesOf: (id) => less(right.phasesOf(id)) },
    { statusSince: (...asked) => less(right.statusSince(...asked)) },
    { newestOfAll: (limit) => less(right.newestOfAll(limit)) },
    { specsNamed: (planId) => right.specsNamed(planId, '') },
    { newestPage: (status, limit) => right.newestPage(status, limit) },
  ]
  for (const lie of lies) await expect(furtherShapes({ ...right, ...lie }, data)).rejects.toThrow('wrong answer')
  const reads = readsOf(store)
  const silent = {
    size: () => 0,
    get: () => undefined,
    newest: () => [],
    specsOf: () => [],
    since: () => [],
    named: () => [],
  }
  await expect(commonShapes({ ...silent, counts: () => ({}) }, data, true)).rejects.toThrow('wrong answer')
  const noCounts = { ...silent, get: reads.get.bind(reads), newest: reads.newest.bind(reads) }
  const others = { specsOf: reads.specsOf.bind(reads), since: reads.since.bind(reads), counts: () => ({ running: 1 }) }
  await expect(commonShapes({ ...noCounts, ...others }, data, true)).rejects.toThrow('counts by status')
})
