import { SimClock } from '@stateward/conformance'
import type { StoreEvent } from '@stateward/contract'
import { checkIndex } from '@stateward/index'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IndexCheckOptions } from '../src/integrity/index-check-options.ts'
import { call, revival } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { codeOf } from './code-of.ts'
import { type Damage, damageIndex, liveOf, recordsOf } from './damage-index.ts'
import { openTiny } from './open-tiny.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

/** A store on a clock of its own, which does nothing else by itself. */
async function opened(indexCheck?: IndexCheckOptions | false) {
  const clock = new SimClock()
  const told: StoreEvent[] = []
  const { state } = await openTiny({
    ...{ time: Object.assign(clock, { at: 0, text: '' }), timers: clock, compaction: false, checkpoints: false },
    onEvent: (event) => void told.push(event),
    ...(indexCheck === undefined ? {} : { indexCheck }),
  })
  /** Lets so much time go by, and then a pass come to its end, with its pauses. */
  const pass = async (ms: number, between: () => void = () => undefined): Promise<void> => {
    clock.pass(ms)
    for (let at = 0; at < 15; at++) {
      await turns(20)
      between()
      clock.pass(100)
    }
  }
  const found = () => told.flatMap((event) => (event.kind === 'index' ? [[event.phase, event.index]] : []))
  return { state, told, found, pass }
}

const rows = Array.from({ length: 300 }, (_, at) => ({
  ...{ id: `t${at}`, n: at % 3, title: at % 2 === 0 ? 'even' : 'odd', after: at > 1 ? ['t1'] : [] },
  ...(at % 4 === 0 ? {} : { due: `2026-01-0${(at % 4) + 1}T00:00:00Z`, state: 'open' }),
}))

test('a store looks after an hour, and then once a day, and finds nothing where nothing is wrong', async () => {
  const { state, told, pass } = await opened()
  await state.task.createMany(rows)
  await pass(hourMs - 2_000)
  expect((await state.stats()).indexCheck).toMatchObject({ passes: 0, records: 0, damaged: 0 })
  await pass(2_000)
  const first = await state.stats()
  expect(first.indexCheck).toMatchObject({ passes: 1, records: 300, damaged: 0 })
  expect(first.caretakers?.map(({ name }) => name)).toContain('checking')
  await pass(dayMs)
  expect((await state.stats()).indexCheck?.passes).toBe(2)
  expect(told.filter(({ kind }) => kind === 'indexCheck')).toEqual(
    [1, 2].map(() => ({ kind: 'indexCheck', records: 300, damaged: 0 })),
  )
  await state.close()
})

test('it does not look where it is told not to, and refuses what makes no sense', async () => {
  const { state, pass } = await opened(false)
  await pass(dayMs)
  const stats = await state.stats()
  expect([stats.indexCheck, stats.caretakers?.map(({ name }) => name)]).toEqual([undefined, ['indexing']])
  await state.close()
  for (const indexCheck of [{ everyMs: 999 }, { everyMs: 1.5 }, { every: 1 }, true, null])
    expect(await codeOf(openTiny({ indexCheck: indexCheck as never }))).toBe('INVALID')
})

test.each<Damage>(['forgets', 'forgets all', 'mistakes', 'swaps'])(
  'every index that %s is found, in crowded places too',
  async (damage) => {
    const { state, found, pass } = await opened({ everyMs: 1_000 })
    const live = await liveOf(() => state.task.createMany(rows))
    const type = live.type('task')
    const before = type.indexes
    for (const index of before) damageIndex(index, damage, recordsOf(live, type))
    const indexes = before.filter((index) => !checkIndex(index, recordsOf(live, type)).ok).map(({ name }) => name)
    expect(indexes.length).toBeGreaterThan(3)
    await pass(1_000)
    expect(
      found()
        .filter(([phase]) => phase === 'damaged')
        .map(([, name]) => name)
        .sort(),
    ).toEqual([...indexes].sort())
    expect(found().filter(([phase]) => phase === 'rebuilt')).toHaveLength(indexes.length)
    expect((await state.checkIndexes()).ok).toBe(true)
    await state.close()
  },
)

test('whatever is written while it looks, it finds nothing wrong', async () => {
  const writes = fc.array(fc.oneof(call, fc.constantFrom(...revival)), { minLength: 5, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(writes, fc.integer({ min: 0, max: 300 }), async (calls, many) => {
      const { state, told, found, pass } = await opened({ everyMs: 1_000 })
      for (const one of revival) await askCall(state, one).catch(() => undefined)
      if (many > 0) await state.task.createMany(rows.slice(0, many))
      const left = [...calls]
      const ids = rows.slice(0, many).map(({ id }) => id)
      await pass(1_000, () => {
        const next = left.shift()
        const id = ids[(left.length * 37) % Math.max(1, ids.length)]
        if (next !== undefined) void askCall(state, next).catch(() => undefined)
        if (id !== undefined) void state.task.update(id, { n: left.length % 3, title: 'odd' }).catch(() => undefined)
      })
      expect(found()).toEqual([])
      expect(told.some(({ kind }) => kind === 'indexCheck')).toBe(true)
      expect((await state.checkIndexes()).ok).toBe(true)
      await state.close()
    }),
    { numRuns: runs(6) },
  )
})
