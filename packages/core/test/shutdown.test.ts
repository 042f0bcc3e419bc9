import { setImmediate as nextTurn } from 'node:timers/promises'
import { SimClock } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { type GatedStorage, gatedStorage } from './gated-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const phases = ['intake', 'drain', 'flush', 'checkpoint', 'close']
const brief = { drainMs: 1_000, flushMs: 1_000, checkpointMs: 1_000, closeMs: 1_000 }

interface Loaded {
  readonly state: TinyState
  readonly storage: GatedStorage
  readonly clock: SimClock
  /** What becomes of two writes on their way to the disk, and of two that wait. */
  readonly fates: Promise<string[]>
}

/** A store whose disk answers when it is told to, with two writes before it and two behind. */
async function loaded(): Promise<Loaded> {
  const clock = new SimClock()
  const storage = gatedStorage()
  const { state } = await openTiny({ storage, timers: clock })
  const writes = [state.task.create({ id: 'a' })]
  await storage.asked(1)
  writes.push(state.task.create({ id: 'b' }))
  await storage.asked(2)
  for (const id of ['c', 'd']) writes.push(state.task.create({ id }))
  return { state, storage, clock, fates: Promise.all(writes.map((write) => codeOf(write))) }
}

test('a shutdown answers what was taken in, phase by phase, and says that it is clean', async () => {
  const { state, storage, fates } = await loaded()
  const ending = state.shutdown()
  expect(await codeOf(state.task.get('a'))).toBe('CLOSED')
  storage.open()
  const report = await ending
  expect(report).toMatchObject({ clean: true, unanswered: 0 })
  expect(report.phases.map(({ name, outcome }) => [name, outcome])).toEqual(phases.map((name) => [name, 'done']))
  expect(await fates).toEqual(['none', 'none', 'none', 'none'])
  await state.close()
  expect(await state.shutdown()).toEqual(report)
})

test('in a hurry what is on its way is answered, and what waits hears that it was not written', async () => {
  const { state, storage, fates } = await loaded()
  const first = state.shutdown()
  await nextTurn()
  const second = state.shutdown()
  storage.open()
  expect(await fates).toEqual(['none', 'none', 'CLOSED', 'CLOSED'])
  expect(await first).toMatchObject({ clean: false, unanswered: 2 })
  expect(await second).toEqual(await first)
  const { state: again } = await openTiny({ storage })
  expect(again.recovery.clean).toBe(true)
  expect((await again.task.getMany(['a', 'b', 'c', 'd'])).map((task) => task?.id)).toEqual([
    'a',
    'b',
    undefined,
    undefined,
  ])
  await again.close()
})

test('a disk that does not answer holds up nobody but the close', async () => {
  const { state, storage, clock, fates } = await loaded()
  const ending = state.shutdown(brief)
  let isClosed = false
  const closed = state.close().then(() => {
    isClosed = true
  })
  for (let step = 0; step < 20; step++) {
    await nextTurn()
    clock.pass(500)
  }
  expect(await fates).toEqual(['UNKNOWN', 'UNKNOWN', 'CLOSED', 'CLOSED'])
  const report = await ending
  expect(report).toMatchObject({ clean: false, unanswered: 4 })
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'late', 'done', 'late'])
  expect(isClosed).toBe(false)
  storage.open()
  await closed
  const { state: again } = await openTiny({ storage })
  expect(again.recovery.clean).toBe(true)
  await again.close()
})

test('who closes first and asks for the report then is in no hurry', async () => {
  const { state, storage, fates } = await loaded()
  const closed = state.close()
  const report = state.shutdown()
  storage.open()
  await closed
  expect(await report).toMatchObject({ clean: true })
  expect(await fates).toEqual(['none', 'none', 'none', 'none'])
})

test.each([{ drainMs: -1 }, { closeMs: Number.NaN }, { flushMs: 2 ** 31 }, { slowly: 1 }])(
  '%j is INVALID, and the store stays open',
  async (wrong) => {
    const { state } = await openTiny()
    expect(await codeOf(state.shutdown(wrong))).toBe('INVALID')
    expect((await state.task.create({ id: 'a' })).rev).toBe(1)
    await state.close()
  },
)
