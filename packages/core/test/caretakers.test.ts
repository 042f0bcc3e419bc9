import type { RestartPolicy } from '@stateward/actor'
import { SimClock } from '@stateward/conformance'
import { type LogWriter, StatewardError, type Storage, type StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { Caretaker, type Duty } from '../src/caretakers/caretaker.ts'
import { Scrubber } from '../src/integrity/scrubber.ts'
import { systemEnvironment } from '../src/scheduling/environment.ts'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { openTiny } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import { turns } from './turns.ts'

const failure = new StatewardError('STORAGE_FAILED', 'EIO')
const restart: RestartPolicy = { atMost: 2, withinMs: 10_000, backoffMs: 100, maxBackoffMs: 1_000, jitter: 0 }

function scene(duty: Partial<Duty>) {
  const clock = new SimClock()
  const told: string[] = []
  const diary: string[] = []
  const tell = (event: StoreEvent): void => {
    if (event.kind === 'caretaker') told.push('pauseMs' in event ? `${event.phase} ${event.pauseMs}` : event.phase)
  }
  const environment = {
    ...systemEnvironment(),
    ...{ clock, random: seededRandom() },
    setTimer: (callback: () => void, ms: number) => clock.after(ms, callback),
  }
  const caretaker = new Caretaker({
    ...{ name: 'scrubbing', restart, environment, tell },
    duty: {
      begin: async (isAgain) => {
        diary.push(isAgain ? 'begins again' : 'begins')
        await duty.begin?.(isAgain)
      },
      end: () => void diary.push('ends'),
      ...(duty.isWell && { isWell: duty.isWell }),
    },
  })
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await turns(5)
  }
  return { caretaker, told, diary, pass }
}

test('a crash ends what was begun, and after a pause it begins again, so often as it may; then by hand', async () => {
  const { caretaker, told, diary, pass } = scene({})
  await caretaker.start()
  for (const pause of [100, 200, 0]) {
    caretaker.crashed(failure)
    await turns(5)
    await pass(pause)
  }
  expect(told).toEqual(['restarting 100', 'restarted', 'restarting 200', 'restarted', 'stopped'])
  expect(diary).toEqual(['begins', 'ends', 'begins again', 'ends', 'begins again', 'ends'])
  expect(caretaker.stats).toEqual({
    ...{ name: 'scrubbing', state: 'stopped', crashes: 3 },
    lastCrash: { code: 'STORAGE_FAILED', message: 'EIO' },
  })
  caretaker.crashed(failure)
  await pass(10_000)
  expect(told).toHaveLength(5)
  await caretaker.start()
  await caretaker.start()
  expect(caretaker.stats.state).toBe('working')
  expect(diary.slice(6)).toEqual(['begins'])
  await caretaker.stop()
  expect(diary.slice(6)).toEqual(['begins', 'ends'])
})

test('a duty that does not begin is a crash too, and holds up nobody who waits for its start', async () => {
  let isBroken = true
  const begin = (): void => {
    if (isBroken) throw new Error('odd')
  }
  const { caretaker, told, pass } = scene({ begin })
  await caretaker.start()
  await turns(5)
  expect(caretaker.stats).toMatchObject({ state: 'restarting', lastCrash: { code: 'STORAGE_FAILED' } })
  isBroken = false
  await pass(100)
  expect(told).toEqual(['restarting 100', 'restarted'])
  await caretaker.stop()
})

test('a crash that is over by the time it is looked at is none; one that is stopped in its pause begins no more', async () => {
  let isWell = true
  const { caretaker, told, diary, pass } = scene({ isWell: () => isWell })
  await caretaker.start()
  caretaker.crashed(failure)
  await turns(5)
  expect(told).toEqual([])
  isWell = false
  caretaker.crashed(failure)
  await turns(5)
  await caretaker.stop()
  await pass(10_000)
  expect(diary).toEqual(['begins', 'ends'])
})

/** Memory with these members of its writer. */
function withWriter(own: Partial<LogWriter>): Storage {
  const storage = memoryStorage({ retention: 'none' })
  return {
    ...storage,
    async openWriter(owner) {
      const { writer, recovery } = await storage.openWriter(owner)
      const proxy = new Proxy(writer, {
        get(target, key) {
          const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
}

test('a compaction that goes on failing stays stopped, the store is unharmed, and it is begun again by hand', async () => {
  const clock = new SimClock()
  let tries = 0
  const saveBase = (): Promise<never> => {
    tries++
    return Promise.reject(new StatewardError('FULL', 'no room'))
  }
  const told: string[] = []
  const { state } = await openTiny({
    ...{ storage: withWriter({ saveBase }), time: Object.assign(clock, { at: 0, text: '' }), timers: clock },
    compaction: { segments: 1 },
    onEvent: (event) => void (event.kind === 'caretaker' && told.push(event.phase)),
  })
  const look = async (): Promise<void> => {
    clock.pass(3_600_000)
    await turns(30)
    clock.pass(10_000)
    await turns(30)
  }
  for (let time = 0; time < 20; time++) await look()
  expect(tries).toBe(13)
  expect(told.filter((phase) => phase === 'restarting')).toHaveLength(12)
  expect(told.at(-1)).toBe('stopped')
  expect((await state.stats()).caretakers).toMatchObject([
    { name: 'compaction', state: 'stopped', crashes: 13 },
    { name: 'indexing', state: 'working', crashes: 0 },
    { name: 'checking', state: 'working', crashes: 0 },
  ])
  expect(await state.task.create({ id: 'a' })).toMatchObject({ rev: 1 })
  await state.restart('compaction')
  await look()
  expect(tries).toBe(14)
  expect(await codeOf(state.restart('scrubbing'))).toBe('NOT_FOUND')
  await state.close()
  expect(await codeOf(state.restart('compaction'))).toBe('CLOSED')
})

test('a scrubbing that ends for a reason it does not expect says so, and goes on when it is started again', async () => {
  const clock = new SimClock()
  const failed: unknown[] = []
  let isBroken = true
  const writer = (): LogWriter => {
    if (isBroken) throw new TypeError('odd')
    return { scrub: undefined } as unknown as LogWriter
  }
  const scrubber = new Scrubber({
    ...{ settings: { everyMs: 1_000, bytesPerSecond: 1_024 }, clock, writer, tell: () => undefined },
    setTimer: (callback, ms) => clock.after(ms, callback),
    failed: (error) => void failed.push(error),
  })
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await turns(5)
  }
  scrubber.start()
  await pass(10_000)
  expect(failed).toMatchObject([{ message: 'odd' }])
  await pass(100_000)
  isBroken = false
  scrubber.start()
  await pass(10_000)
  expect(failed).toHaveLength(1)
  scrubber.stop()
  await scrubber.settled()
})

test.each(['FENCED', 'LOCKED', 'CORRUPT'] as const)(
  'after %s nothing is reopened by itself: somebody has to look',
  async (code) => {
    const clock = new SimClock()
    const told: string[] = []
    const storage = faultyStorage({ fates: [{ fails: new StatewardError(code, 'no') }], unknown: 'stop' })
    const { state } = await openTiny({
      ...{ storage, time: Object.assign(clock, { at: 0, text: '' }), timers: clock, reopening: {}, compaction: false },
      onEvent: (event) => void told.push(event.kind === 'caretaker' ? event.phase : event.kind),
    })
    await codeOf(state.task.create({ id: 'a' }))
    await turns(5)
    clock.pass(1_000_000)
    await turns(20)
    expect(told).toEqual(['stopped', 'stopped'])
    expect((await state.stats()).health).toBe('failed')
    await state.reopen()
    await state.task.create({ id: 'a' })
    expect((await state.stats()).caretakers).toMatchObject([
      { name: 'reopening', state: 'working' },
      { name: 'indexing', state: 'working' },
      { name: 'checking', state: 'working' },
    ])
    await state.close()
  },
)

test.each([
  ['atMost', 0],
  ['atMost', 1.5],
  ['withinMs', Number.NaN],
  ['backoffMs', -1],
  ['often', true],
])('reopening.%s: %s is INVALID', async (name, value) => {
  expect(await codeOf(openTiny({ reopening: { [name]: value } }))).toBe('INVALID')
  expect(await codeOf(openTiny({ reopening: 'often' as unknown as 'manual' }))).toBe('INVALID')
})
