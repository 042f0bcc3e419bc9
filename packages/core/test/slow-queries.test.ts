import { type StoreEvent, tracingNames } from '@stateward/contract'
import { expect, test } from 'vitest'
import { listening } from './listening.ts'
import { openTiny } from './open-tiny.ts'

test('a query that takes long is told with its plan, whoever is measured, and never with what it asked for', async () => {
  const told: StoreEvent[] = []
  const heard = listening(tracingNames.query, 'slow')
  const { state } = await openTiny({
    observe: { name: 'slow', latencies: false, slowQueryMs: 0 },
    onEvent: (event) => told.push(event),
  })
  await state.task.create({ id: 'a', title: 'secret' })
  await state.task.where({ title: 'secret', or: [{ n: 4_711 }, { not: { due: 'secret' } }] }).all()
  await state.task.where({ plan_id: 'secret' }).count()
  await state.task.groupBy('title')
  const slow = told.filter(({ kind }) => kind === 'slowQuery')
  expect(slow).toMatchObject([
    { message: 'query', type: 'task', rows: 1, plan: { access: 'ordered', residual: expect.any(Array) } },
    { message: 'count', type: 'task', rows: 0 },
    { message: 'groupBy', type: 'task', rows: 1 },
  ])
  expect(heard.filter(({ phase }) => phase === 'asyncEnd').map((one) => one.told)).toMatchObject(
    slow.map(({ kind: _, ...facts }) => ({ ...facts, ms: undefined })).map(({ ms: _, ...facts }) => facts),
  )
  expect(JSON.stringify([slow, heard])).not.toMatch(/secret|4711/)
  await state.close()
})

test('one that is fast enough is not, nor any where no time is named', async () => {
  for (const observe of [{ slowQueryMs: 1e9 }, {}]) {
    const told: StoreEvent[] = []
    const { state } = await openTiny({ observe, onEvent: (event) => told.push(event) })
    await state.task.where({ title: 'x' }).all()
    expect(told).toEqual([])
    await state.close()
  }
})

test('what a query expected is held beside what it found, by type and index', async () => {
  const { state } = await openTiny({ observe: { latencies: { reads: 1 } } })
  const plan = await state.plan.create({ name: 'one' })
  await state.task.createMany([{ id: 'a', plan_id: plan.id }, { id: 'b', plan_id: plan.id }, { id: 'c' }])
  await state.task.where({ plan_id: plan.id }).all()
  await state.task.where({ plan_id: plan.id }).limit(1).all()
  const { plans } = await state.stats()
  expect(plans).toEqual([
    { type: 'task', access: 'lookup', index: expect.any(String), queries: 1, estimatedRows: 2, rows: 2 },
  ])
  await state.close()
})
