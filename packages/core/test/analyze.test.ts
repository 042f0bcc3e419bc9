import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { tickingTime } from './ticking-time.ts'

const rows = Array.from({ length: 300 }, (_, n) => ({
  id: `t${String(n).padStart(3, '0')}`,
  n,
  title: n % 3 === 0 ? 'x' : 'y',
  state: 'open',
}))
const total = (steps: Readonly<Record<string, number>>): number =>
  Object.values(steps).reduce((sum, step) => sum + step, 0)

test('a query is answered to be explained: rows, candidates, bodies and the time of each step', async () => {
  const { state } = await openTiny({ time: tickingTime() })
  await state.task.createMany(rows)
  const query = state.task.where({ title: 'x', n: { gte: 150 } }).orderBy('state')
  const { analysis, ...plan } = await query.explain({ analyze: true })
  expect(plan).toEqual(await query.explain())
  expect(analysis).toMatchObject({ rows: 50, bodies: 0, seq: (await state.stats()).lastSeq })
  // One tick between the two looks of each watched call: the candidates and the end of them, a check each, one sort.
  const { candidates = 0, steps, ms = 0 } = analysis ?? {}
  expect(candidates).toBeGreaterThanOrEqual(50)
  expect(candidates).toBeLessThanOrEqual(300)
  expect(steps).toMatchObject({ find: candidates + 2, check: candidates, sort: 1, load: 0 })
  expect(total(steps ?? {})).toBe(ms)
  await state.close()
})

test('bodies are those that were read from the log, in the time of the step that reads', async () => {
  const { state } = await openTiny({ time: tickingTime(), memory: { cacheBytes: 1 } })
  await state.task.createMany(rows)
  const { analysis } = await state.task.where({ n: { lt: 10 } }).explain({ analyze: true })
  expect(analysis).toMatchObject({ rows: 10, candidates: 10, bodies: 10 })
  expect(analysis?.steps.load).toBeGreaterThan(0)
  const limited = await state.task
    .where({ n: { gte: 0 } })
    .orderBy('n')
    .limit(4)
    .explain({ analyze: true })
  // One more is found, to know of a next page, and not read.
  expect(limited.analysis).toMatchObject({ rows: 4, candidates: 5, bodies: 4 })
  await state.close()
})

test('a snapshot, a moment of the past and a transaction analyze their own state', async () => {
  const { state } = await openTiny()
  await state.task.createMany(rows.slice(0, 4))
  const { lastSeq } = await state.stats()
  const snapshot = await state.snapshot()
  await state.task.delete('t000')
  const past = await state.asOf(lastSeq)
  const explained = await Promise.all([state, snapshot, past].map(({ task }) => task.explain({ analyze: true })))
  expect(explained.map(({ analysis }) => analysis?.rows)).toEqual([3, 4, 4])
  const found = await state.transaction(async (tx) => {
    await tx.task.create({ id: 'own' })
    return (await tx.task.where({}).explain({ analyze: true })).analysis?.rows
  })
  expect(found).toBe(4)
  await snapshot.close()
  await state.close()
})

test('a transaction that has been told how many rows there are rests on it', async () => {
  const { state } = await openTiny()
  let tries = 0
  await state.transaction(async (tx) => {
    const { analysis } = await tx.task.where({ state: 'open' }).explain({ analyze: true })
    if (tries++ === 0) await state.task.create({ id: 'between', state: 'open' })
    await tx.task.create({ id: 'counted', n: analysis?.rows ?? -1 })
  })
  expect(tries).toBe(2)
  expect(await state.task.get('counted')).toMatchObject({ n: 1 })
  await state.close()
})

test('what is wrong with the question is INVALID, and analyze is a word of explain alone', async () => {
  const { state } = await openTiny()
  for (const analyze of [1, 'yes', null, {}])
    expect(await codeOf(state.ask('explain', { type: 'task', analyze } as never))).toBe('INVALID')
  expect(await codeOf(state.ask('query', { type: 'task', analyze: true } as never))).toBe('INVALID')
  expect(await codeOf(state.ask('explain', { type: 'task', analyze: true, limit: 0 }))).toBe('INVALID')
  expect(await codeOf(state.ask('explain', { type: 'nothing', analyze: true }))).toBe('INVALID')
  expect((await state.ask('explain', { type: 'task', analyze: false })).analysis).toBeUndefined()
  await state.close()
})

test('one that is aborted while it runs is ABORTED', async () => {
  const { state } = await openTiny({ time: tickingTime() })
  await state.task.createMany(rows)
  const controller = new AbortController()
  const asking = state.task.where({ title: 'x' }).explain({ analyze: true, signal: controller.signal })
  controller.abort()
  expect(await codeOf(asking)).toBe('ABORTED')
  await state.close()
})
