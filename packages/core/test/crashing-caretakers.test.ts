import { SimClock } from '@stateward/conformance'
import { type CaretakerName, type LogWriter, StatewardError, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, onTestFinished, test, vi } from 'vitest'
import { IndexCensus } from '../src/integrity/index-census.ts'
import { Scrubber } from '../src/integrity/scrubber.ts'
import type { Live } from '../src/state/live.ts'
import { MemoryBudget } from '../src/state/memory-budget.ts'
import { codeOf } from './code-of.ts'
import { liveOf } from './damage-index.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { turns } from './turns.ts'

/** What is broken of a storage that is well otherwise. */
interface Faults {
  writer: Partial<LogWriter>
  opening: (() => void) | undefined
}

const nothingFound: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
}

function faulty(): { storage: Storage; faults: Faults } {
  const memory = memoryStorage()
  const faults: Faults = { writer: {}, opening: undefined }
  const openWriter: Storage['openWriter'] = async (owner) => {
    faults.opening?.()
    const { writer, recovery } = await memory.openWriter(owner)
    const scrub: LogWriter['scrub'] = () => nothingFound
    const proxy = new Proxy(writer, {
      get(target, key) {
        const own = Object.hasOwn(faults.writer, key)
        const value: unknown = own
          ? Reflect.get(faults.writer, key)
          : key === 'scrub'
            ? scrub
            : Reflect.get(target, key)
        return typeof value === 'function' && !own ? value.bind(target) : value
      },
    })
    return { writer: proxy, recovery }
  }
  return { storage: { ...memory, openWriter }, faults }
}

const odd = (): never => {
  throw new TypeError('odd')
}
const eio = (): never => {
  throw new StatewardError('STORAGE_FAILED', 'EIO')
}

interface World {
  readonly faults: Faults
  readonly state: TinyState
  readonly live: Live
}

/** Breaks something for good, so that the child crashes, and crashes again; what it returns mends it. */
const breaks: Readonly<Partial<Record<CaretakerName, (world: World) => Promise<() => void>>>> = {
  async reopening({ faults, state }) {
    faults.writer = { append: async () => eio() }
    faults.opening = eio
    expect(await codeOf(state.task.create({ id: 'failed' }))).toBe('STORAGE_FAILED')
    return () => {
      faults.opening = undefined
    }
  },
  async compaction({ faults }) {
    // What no storage answers, and a bad one may.
    faults.writer = { stats: async () => null as never }
    return () => undefined
  },
  async indexing({ state, live }) {
    const type = live.type('task')
    const index = type.indexes.find(({ name }) => name === 'n')
    if (index === undefined) throw new Error('expected an index of n, found none')
    vi.spyOn(index, 'update').mockImplementationOnce(odd)
    let mend: () => void = () => undefined
    state.on((event) => {
      const building = type.kept.rebuilding[0]?.index
      if (event.kind !== 'index' || event.phase !== 'damaged' || building === undefined) return
      const spy = vi.spyOn(building, 'update').mockImplementation(odd)
      mend = () => spy.mockRestore()
    })
    await state.task.update('before', { n: 3 })
    return () => mend()
  },
  async checking() {
    const spy = vi.spyOn(IndexCensus.prototype, 'take').mockImplementation(odd)
    onTestFinished(() => spy.mockRestore())
    return () => spy.mockRestore()
  },
  async memory() {
    const spy = vi.spyOn(MemoryBudget.prototype, 'keep').mockImplementation(odd)
    onTestFinished(() => spy.mockRestore())
    return () => spy.mockRestore()
  },
}

test.each(Object.entries(breaks))(
  'a %s that goes on crashing stays stopped, alone: the log, its writer and all the others go on',
  async (name, breakIt) => {
    const caretaker = name as CaretakerName
    const { storage, faults } = faulty()
    const clock = new SimClock()
    const told: string[] = []
    const { state } = await openTiny({
      ...{
        storage,
        time: Object.assign(clock, { at: 0, text: '' }),
        timers: clock,
        reopening: { atMost: 3, withinMs: 1e9 },
      },
      ...{
        memory: { maxBytes: 1 << 26 },
        indexCheck: { everyMs: 60_000 },
        onEvent: (event) => void (event.kind === 'caretaker' && told.push(`${event.caretaker} ${event.phase}`)),
      },
    })
    const live = await liveOf(() => state.task.create({ id: 'before', n: 1 }))
    const standing = async () =>
      Object.fromEntries(((await state.stats()).caretakers ?? []).map((one) => [one.name, one.state]))
    const all = await standing()
    expect(Object.values(all)).toEqual(Object.keys(all).map(() => 'working'))
    const pass = async (): Promise<void> => {
      clock.pass(600_000)
      await turns(15)
    }
    const mend = await breakIt({ faults, state, live })
    for (let step = 0; step < 200 && told.at(-1) !== `${name} stopped`; step++) await pass()
    const times = { ...{ reopening: 3, memory: 5 } }[name] ?? 12
    expect(told.filter((one) => one === `${name} restarting`)).toHaveLength(times)
    expect(told.filter((one) => !one.startsWith(name))).toEqual([])
    const written = { ...faults.writer }
    if (name === 'compaction') faults.writer = {}
    expect(await standing()).toEqual({ ...all, [name]: 'stopped' })
    faults.writer = written
    // Only a storage that does not write keeps a store from writing, and nothing keeps it from reading.
    expect(await state.task.get('before')).toMatchObject({ id: 'before' })
    const during = codeOf(state.task.create({ id: 'during', n: 2 }))
    expect(await during).toBe(name === 'reopening' ? 'STORAGE_FAILED' : 'none')
    mend()
    faults.writer = {}
    await state.restart(caretaker)
    for (let step = 0; step < 30; step++) await pass()
    expect(await standing()).toEqual(all)
    expect(await state.task.create({ id: 'after', n: 4 })).toMatchObject({ rev: 1 })
    expect((await state.checkIndexes()).ok).toBe(true)
    await state.close()
    const { state: again } = await openTiny({ storage })
    const ids = name === 'reopening' ? ['after', 'before'] : ['after', 'before', 'during']
    expect((await again.task.all()).map(({ id }) => id).sort()).toEqual(ids)
    await again.close()
  },
)

test('a scrubbing that does not so much as begin holds up no opening, and ends after its bound', async () => {
  const { storage } = faulty()
  const clock = new SimClock()
  const spy = vi.spyOn(Scrubber.prototype, 'start').mockImplementation(odd)
  onTestFinished(() => spy.mockRestore())
  const { state } = await openTiny({ storage, time: Object.assign(clock, { at: 0, text: '' }), timers: clock })
  const scrubbing = async () => (await state.stats()).caretakers?.find(({ name }) => name === 'scrubbing')
  for (let step = 0; step < 60; step++) {
    clock.pass(600_000)
    await turns(10)
  }
  expect(await scrubbing()).toMatchObject({ state: 'stopped', crashes: 6 })
  expect(await state.task.create({ id: 'a' })).toMatchObject({ rev: 1 })
  spy.mockRestore()
  await state.restart('scrubbing')
  clock.pass(600_000)
  await turns(10)
  expect(await scrubbing()).toMatchObject({ state: 'working' })
  expect((await state.stats()).scrub).toMatchObject({ passes: 1 })
  await state.close()
})
