import { SimClock } from '@stateward/conformance'
import {
  type LogStats,
  type LogWriter,
  type OpeningCost,
  StatewardError,
  type Storage,
  type StoreEvent,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { compactionDue } from '../src/compaction/compaction-due.ts'
import { type CompactionOptions, checkedCompaction } from '../src/compaction/compaction-options.ts'
import { CompactionSchedule } from '../src/compaction/compaction-schedule.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

const settings = checkedCompaction({
  garbageRatio: 0.5,
  minBytes: 1_000,
  maxBytes: 10_000,
  segments: 8,
  intervalMs: 60_000,
})
const quiet = { baseBytes: 0, logBytes: 0, logSegments: 1, versions: 100, newest: 100, elapsedMs: 0 }

test.each<[string, Partial<typeof quiet>, string | undefined]>([
  ['nothing to do', {}, undefined],
  ['an empty store', { versions: 0, newest: 0, logBytes: 5_000 }, undefined],
  ['half is superseded', { newest: 50, logBytes: 1_000 }, 'garbage'],
  ['a little less than half', { newest: 51, logBytes: 1_000 }, undefined],
  ['half of very little', { newest: 50, logBytes: 999 }, undefined],
  ['a long log', { logBytes: 10_000 }, 'size'],
  ['a long log behind a longer base', { logBytes: 10_000, baseBytes: 10_001 }, undefined],
  ['a log as long as its base', { logBytes: 20_000, baseBytes: 20_000 }, 'size'],
  ['many segments', { logSegments: 8 }, 'segments'],
  ['not quite as many', { logSegments: 7 }, undefined],
  ['a day later', { elapsedMs: 60_000 }, 'interval'],
  ['not quite a day', { elapsedMs: 59_999 }, undefined],
])('%s', (_, facts, cause) => {
  const { baseBytes, logBytes, logSegments, versions, newest, elapsedMs } = { ...quiet, ...facts }
  const opening = { upTo: 0, baseBytes, logBytes, logSegments }
  const stats: LogStats = { firstSeq: 1, lastSeq: 1, epoch: 1, bytes: 0, segments: 1, opening }
  expect(compactionDue({ stats, versions, newest, elapsedMs }, settings)).toBe(cause)
})

test('a storage that does not tell what an opening reads is judged by all of its bytes', () => {
  const stats: LogStats = { firstSeq: 1, lastSeq: 1, epoch: 1, bytes: 10_000, segments: 99 }
  expect(compactionDue({ stats, versions: 1, newest: 1, elapsedMs: 0 }, settings)).toBe('size')
})

test.each<[string, unknown]>([
  ['garbageRatio', 1.1],
  ['garbageRatio', Number.NaN],
  ['minBytes', -1],
  ['maxBytes', 0],
  ['segments', 0],
  ['segments', 1.5],
  ['intervalMs', 999],
  ['share', 0],
  ['share', 2],
  ['often', true],
])('compaction.%s: %s is INVALID', async (name, value) => {
  expect(await codeOf(openTiny({ compaction: { [name]: value } }))).toBe('INVALID')
})

test('compaction is an object or false', async () => {
  expect(await codeOf(openTiny({ compaction: 'often' as unknown as false }))).toBe('INVALID')
})

interface Scene {
  readonly compaction?: CompactionOptions | false
  readonly opening?: Partial<OpeningCost>
  readonly saveBase?: LogWriter['saveBase']
}

/** Memory that says that an opening has to read so much. */
async function scene({ compaction = {}, opening, saveBase }: Scene) {
  const clock = new SimClock()
  const storage: Storage = memoryStorage({ retention: 'none' })
  const told: string[] = []
  const { state } = await openTiny({
    compaction,
    time: Object.assign(clock, { at: 0, text: '' }),
    timers: clock,
    onEvent: (event: StoreEvent) =>
      void (event.kind === 'compaction' && event.phase !== 'progress' && told.push(`${event.cause} ${event.phase}`)),
    storage: {
      ...storage,
      async openWriter(owner) {
        const { writer, recovery } = await storage.openWriter(owner)
        const own: Partial<LogWriter> = {
          stats: async () => ({
            ...(await writer.stats()),
            opening: { upTo: 0, baseBytes: 0, logBytes: 0, logSegments: 1, ...opening },
          }),
          ...(saveBase && { saveBase }),
        }
        const proxy = new Proxy(writer, {
          get(target, key) {
            const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
        return { writer: proxy, recovery }
      },
    },
  })
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      clock.pass(10_000)
      await turns(30)
    }
  }
  return { state, told, pass, clock }
}

test('a storage hears how large a base will be, by the share of the versions that are live', async () => {
  const asked: unknown[] = []
  const saveBase: LogWriter['saveBase'] = async (upTo, _, { bytes } = {}) => {
    asked.push([upTo, bytes])
    throw new StatewardError('FULL', 'no room')
  }
  const { state } = await scene({ opening: { baseBytes: 4_000, logBytes: 6_000 }, saveBase })
  expect(await codeOf(state.compact())).toBe('FULL')
  await state.task.create({ id: 'a' })
  for (const n of [1, 2, 3]) await state.task.update('a', { n })
  expect(await codeOf(state.compact())).toBe('FULL')
  expect(asked).toEqual([
    [0, undefined],
    [4, 2_500],
  ])
  await state.close()
})

test('a store compacts itself when half of what it holds is superseded, once', async () => {
  const { state, told, pass } = await scene({ compaction: { minBytes: 0 } })
  await state.task.create({ id: 'a' })
  await pass(30_000)
  expect(told).toEqual([])
  await state.task.update('a', { n: 1 })
  await pass(30_000)
  expect(told).toEqual(['garbage started', 'garbage finished'])
  await state.close()
})

test('it compacts itself when the time has come, counted from the last time', async () => {
  const { state, told, pass } = await scene({ compaction: { intervalMs: 60_000 } })
  await pass(50_000)
  await state.compact()
  told.length = 0
  await pass(50_000)
  expect(told).toEqual([])
  await pass(10_000)
  expect(told).toEqual(['interval started', 'interval finished'])
  await state.close()
})

test('false: only when it is asked', async () => {
  const { state, told, pass } = await scene({ compaction: false, opening: { logSegments: 5_000 } })
  await pass(200_000)
  expect(told).toEqual([])
  await state.close()
})

test('the opening that finds far too many segments does not put it off', async () => {
  const { state, told } = await scene({ compaction: { segments: 10 }, opening: { logSegments: 40 } })
  expect(told).toEqual(['segments started', 'segments finished'])
  await state.close()
})

test('one that fails is told, and tried again after about a minute', async () => {
  const saveBase = (): Promise<never> => Promise.reject(Object.assign(new Error('no room'), { code: 'FULL' }))
  const { state, told, pass } = await scene({ compaction: { segments: 1 }, saveBase })
  const failures = (): number => told.filter((one) => one === 'segments failed').length
  await pass(10_000)
  expect(failures()).toBe(1)
  await pass(40_000)
  expect(failures()).toBe(1)
  // A pause of at most a minute, and ten seconds until the schedule looks.
  await pass(30_000)
  expect(failures()).toBe(2)
  await state.close()
})

test('a store that is closed looks no more', async () => {
  const { state, told, pass } = await scene({ compaction: { segments: 1 } })
  await state.close()
  await pass(100_000)
  expect(told).toEqual([])
})

test('one that nobody asked for leaves most of the time to those who are at work, and ends at once when the store is closed', async () => {
  for (const ending of ['waits', 'is closed']) {
    let clock: SimClock | undefined
    const turnsOfWork: number[] = []
    const saveBase: LogWriter['saveBase'] = async (_, __, { breathe = async () => undefined, signal } = {}) => {
      for (let turn = 0; turn < 3 && signal?.aborted !== true; turn++) {
        turnsOfWork.push(turn)
        clock?.pass(3)
        await breathe()
      }
      await breathe()
      if (signal?.aborted) throw signal.reason
      throw new StatewardError('FULL', 'no room')
    }
    const opened = await scene({ compaction: { segments: 1, share: 0.25 }, saveBase })
    const { state, told, pass } = opened
    clock = opened.clock
    await state.task.create({ id: 'a' })
    await pass(10_000)
    // Three milliseconds of work, nine for the others.
    expect([turnsOfWork, told]).toEqual([[0], ['segments started']])
    clock.pass(8)
    await turns(5)
    expect(turnsOfWork).toEqual([0])
    if (ending === 'waits') {
      clock.pass(1)
      await turns(5)
      // Nobody has asked for anything since.
      expect([turnsOfWork, told]).toEqual([
        [0, 1, 2],
        ['segments started', 'segments failed'],
      ])
      await state.close()
    } else {
      await state.close()
      expect([turnsOfWork, told]).toEqual([[0], ['segments started', 'segments cancelled']])
    }
  }
})

test('what cannot be looked at, is not well, or is stopped meanwhile is not compacted, and is looked at again', async () => {
  const clock = new SimClock()
  const told: string[] = []
  let found: () => Promise<LogStats> = async () => {
    throw new StatewardError('STORAGE_FAILED', 'EIO')
  }
  const stats: LogStats = { firstSeq: 1, lastSeq: 1, epoch: 1, bytes: 0, segments: 9 }
  const opening = { upTo: 0, baseBytes: 0, logBytes: 0, logSegments: 40 }
  let start: () => Promise<LogStats> = async () => stats
  const schedule = new CompactionSchedule({
    settings,
    clock,
    setTimer: (go, ms) => clock.after(ms, go),
    stats: () => start(),
    counts: () => ({ versions: 1, newest: 1 }),
    lastMs: () => undefined,
    startedMs: 0,
    failed: () => told.push('failed'),
    run: async (cause) => void told.push(cause),
  })
  await schedule.start()
  start = () => found()
  const look = async (): Promise<void> => {
    clock.pass(10_000)
    await turns(3)
  }
  await look()
  found = async () => ({ ...stats, opening, health: 'full' })
  await look()
  expect(told).toEqual([])
  found = async () => ({ ...stats, opening, health: 'ok' })
  await look()
  expect(told).toEqual(['segments'])
  found = async () => {
    schedule.stop()
    return { ...stats, opening }
  }
  await look()
  await look()
  expect(told).toEqual(['segments'])
  // One that is stopped during its first compaction never looks at all.
  let looked = 0
  const other = new CompactionSchedule({
    settings,
    clock,
    setTimer: (go, ms) => clock.after(ms, go),
    stats: async () => {
      looked++
      return { ...stats, opening }
    },
    counts: () => ({ versions: 1, newest: 1 }),
    lastMs: () => undefined,
    startedMs: 0,
    failed: () => told.push('failed'),
    run: async () => other.stop(),
  })
  await other.start()
  await look()
  expect(looked).toBe(1)
})
