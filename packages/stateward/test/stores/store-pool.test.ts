import { setImmediate as nextTurn } from 'node:timers/promises'
import { hasCode, StatewardError } from '@stateward/contract'
import { expect, test } from 'vitest'
import { FakePool } from './fake-pool.ts'

const coded =
  (code: 'ABORTED' | 'BUSY' | 'CLOSED' | 'CORRUPT' | 'TIMEOUT') =>
  (error: unknown): boolean =>
    hasCode(error, code)

test('all who ask for a store while it opens have the same one, in the order of their calls', async () => {
  const world = new FakePool()
  const order: number[] = []
  const asked = [1, 2, 3].map((n) => world.visit('a').then((life) => [order.push(n), life]))
  await world.done('open a')
  const late = world.visit('a').then((life) => [order.push(4), life])
  expect(await Promise.all([...asked, late])).toEqual([1, 2, 3, 4].map((n) => [n, 1]))
  expect(order).toEqual([1, 2, 3, 4])
  expect(world.steps).toEqual(['open a'])
})

test('a store is passivated when nobody has used it for long enough, and not before', async () => {
  const world = new FakePool()
  const [held] = await Promise.all([world.pool.hold('a', {}), world.done('open a')])
  world.clock.pass(5_000)
  expect(world.pool.stats).toMatchObject({ open: 1, inUse: 1 })
  held.release()
  held.release()
  world.clock.pass(999)
  expect(world.steps).toEqual(['open a'])
  world.clock.pass(1)
  await world.done('close a')
  expect(world.pool.stats).toMatchObject({ open: 0, inUse: 0, passivating: 0, woken: 1, passivated: 1 })
  expect(world.events.map((event) => event.kind)).toEqual(['woken', 'passivated'])
})

test('who asks while a store is passivated waits for its next life', async () => {
  const world = new FakePool()
  await Promise.all([world.visit('a'), world.done('open a')])
  world.clock.pass(1_000)
  const asked = world.visit('a')
  await nextTurn()
  expect(world.steps).toEqual(['open a', 'close a'])
  await world.done('close a')
  await world.done('open a')
  expect(await asked).toBe(2)
})

test('where there is no room the store that was left first makes some; where all are in use, one waits in line', async () => {
  const world = new FakePool()
  await Promise.all([world.visit('a'), world.done('open a')])
  await Promise.all([world.visit('b'), world.done('open b')])
  await world.visit('a')
  const c = world.pool.hold('c', {})
  await world.done('close b')
  await world.done('open c')
  const a = await world.pool.hold('a', {})
  const d = world.visit('d')
  const e = world.visit('e')
  await nextTurn()
  expect(world.pool.stats).toMatchObject({ open: 2, inUse: 2, queued: 2, waiting: 2 })
  a.release()
  await world.done('close a')
  await world.done('open d')
  await d
  await world.done('close d')
  await world.done('open e')
  await e
  ;(await c).release()
  expect(world.steps).toEqual(['open a', 'open b', 'close b', 'open c', 'close a', 'open d', 'close d', 'open e'])
})

test('a store that does not open answers all who wait, and is not tried again before its pause is over', async () => {
  const world = new FakePool()
  const asked = [world.visit('a'), world.visit('a')]
  const refused = Promise.allSettled(asked)
  await world.done('open a', new StatewardError('CORRUPT', 'line 3'))
  expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  for (let times = 0; times < 50; times++) await expect(world.visit('a')).rejects.toSatisfy(coded('CORRUPT'))
  expect(world.steps).toEqual(['open a'])
  world.clock.pass(100)
  const again = Promise.allSettled([world.visit('a')])
  await world.done('open a', new StatewardError('CORRUPT', 'line 3'))
  await again
  world.clock.pass(199)
  await expect(world.visit('a')).rejects.toSatisfy(coded('CORRUPT'))
  world.clock.pass(1)
  const mended = world.visit('a')
  await world.done('open a')
  expect(await mended).toBe(1)
  expect(world.pool.stats).toMatchObject({ wakeFailures: 2, woken: 1 })
  expect(world.events.filter(({ kind }) => kind === 'wake-failed')).toMatchObject([
    { retryInMs: 100 },
    { retryInMs: 200 },
  ])
})

test('who loses patience hears it at once, is nobody for whom a store is opened, and leaves nothing behind', async () => {
  const world = new FakePool({ maxOpen: 1 })
  const [held] = await Promise.all([world.pool.hold('a', {}), world.done('open a')])
  const abort = new AbortController()
  const aborted = world.pool.hold('b', { signal: abort.signal })
  const late = world.pool.hold('b', { timeoutMs: 10 })
  const patient = world.pool.hold('c', {})
  await nextTurn()
  abort.abort()
  await expect(aborted).rejects.toSatisfy(coded('ABORTED'))
  world.clock.pass(10)
  await expect(late).rejects.toSatisfy(coded('TIMEOUT'))
  world.clock.pass(4_990)
  await expect(patient).rejects.toSatisfy(coded('TIMEOUT'))
  held.release()
  expect(await world.visit('a')).toBe(1)
  expect(world.steps).toEqual(['open a'])
  await expect(world.pool.hold('a', { signal: abort.signal })).rejects.toSatisfy(coded('ABORTED'))
  await expect(world.pool.hold('a', { timeoutMs: 0 })).rejects.toSatisfy(coded('TIMEOUT'))
  expect(world.pool.stats).toMatchObject({ waiting: 0, queued: 0, open: 1, inUse: 0 })
})

test('one more than may wait is BUSY', async () => {
  const world = new FakePool({ maxWaiting: 2 })
  const asked = [world.visit('a'), world.visit('b')]
  await expect(world.visit('c')).rejects.toSatisfy(coded('BUSY'))
  await world.done('open a')
  await world.done('open b')
  expect(await Promise.all(asked)).toEqual([1, 2])
})

test('a store whose closing fails is told of, and opens again', async () => {
  const world = new FakePool()
  await Promise.all([world.visit('a'), world.done('open a')])
  const passivated = world.pool.passivate('a')
  await world.done('close a', new Error('no disk'))
  expect(await passivated).toBe(true)
  const again = world.visit('a')
  await world.done('open a')
  expect(await again).toBe(2)
  expect(world.events.map((event) => event.kind)).toEqual(['woken', 'close-failed', 'woken'])
})

test('a stop refuses those in line, serves those whose store opens, and closes what was still opening at the end', async () => {
  const world = new FakePool({ maxOpen: 1 })
  const opening = Promise.allSettled([world.pool.hold('a', {})])
  const inLine = world.visit('b')
  await nextTurn()
  world.pool.stopIntake()
  await expect(inLine).rejects.toSatisfy(coded('CLOSED'))
  await expect(world.visit('a')).rejects.toSatisfy(coded('CLOSED'))
  const closed = world.pool.closeAll()
  expect(world.pool.unsettled).toEqual(['a'])
  await world.done('open a')
  await world.done('close a')
  await closed
  expect((await opening)[0]).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } })
  expect(world.pool.unsettled).toEqual([])
})
