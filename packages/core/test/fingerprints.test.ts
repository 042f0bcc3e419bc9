import { SimClock } from '@stateward/conformance'
import type { StoreEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { liveOf } from './damage-index.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

/** No index of notes begins with their text. */
const notes = Array.from({ length: 600 }, (_, at) => ({ id: `n${at}`, text: `text ${at % 300}` }))
const cold = { memory: { cacheBytes: 1 } }

test('a text that no index knows is looked for in every record once, and then in few', async () => {
  const { state } = await openTiny(cold)
  await state.note.createMany(notes)
  const query = state.note.where({ text: 'text 7' })
  const first = await query.explain({ analyze: true })
  expect([first.fingerprints, first.analysis?.bodies, first.analysis?.rows]).toEqual([['text'], 600, 2])
  const second = await query.explain({ analyze: true })
  expect(second.analysis?.rows).toBe(2)
  expect(second.analysis?.bodies).toBeLessThan(40)
  expect((await query.all()).map(({ id }) => id)).toEqual(['n307', 'n7'])
  expect(state.view.note.where({ text: 'text 7' }).limit(9).all()).toHaveLength(2)
  await state.close()
})

test('what is changed is looked at again, by who asks for the newest and by who asks for a state that was', async () => {
  const { state } = await openTiny(cold)
  await state.note.createMany(notes)
  const texts = (text: string) => state.note.where({ text }).count()
  expect(await texts('text 7')).toBe(2)
  await using snapshot = await state.snapshot()
  await state.note.update('n8', { text: 'text 7' })
  await state.note.delete('n7')
  await state.note.create({ id: 'n601', text: 'text 7' })
  expect([await texts('text 7'), await texts('text 8')]).toEqual([3, 1])
  expect(await snapshot.note.where({ text: 'text 7' }).count()).toBe(2)
  expect((await snapshot.note.where({ text: 'text 8' }).explain()).fingerprints).toEqual(['text'])
  await state.close()
})

async function damaged() {
  const clock = new SimClock()
  const found: string[][] = []
  const { state } = await openTiny({
    ...{ time: Object.assign(clock, { at: 0, text: '' }), timers: clock, compaction: false, checkpoints: false },
    ...{ ...cold, indexCheck: { everyMs: 1_000 } },
    onEvent: (event: StoreEvent) => void (event.kind === 'index' && found.push([event.phase, event.index])),
  })
  const live = await liveOf(() => state.note.createMany(notes))
  const { rows } = live.type('note')
  const { fingerprints } = rows
  const slot = rows.slotOf('n7') ?? 0
  const ask = async () => (await state.note.where({ text: 'text 7' }).all()).length
  await ask()
  fingerprints.forget(slot)
  fingerprints.learn(slot, { text: 'another' })
  expect(await ask()).toBe(1)
  return { state, clock, found, ask }
}

test('a fingerprint that lies is found by a look at all indexes, and forgotten', async () => {
  const { state, found, ask } = await damaged()
  expect(await state.checkIndexes()).toMatchObject({ ok: false })
  expect(found).toEqual([['damaged', 'fingerprints']])
  expect(await ask()).toBe(2)
  expect(await state.checkIndexes()).toMatchObject({ ok: true })
  await state.close()
})

test('a store finds it by itself', async () => {
  const { state, clock, found, ask } = await damaged()
  clock.pass(1_000)
  for (let at = 0; at < 15; at++) {
    await turns(20)
    clock.pass(100)
  }
  expect(found).toEqual([['damaged', 'fingerprints']])
  expect((await state.stats()).indexCheck?.damaged).toBe(1)
  expect(await ask()).toBe(2)
  await state.close()
})

test('where memory is short they are forgotten before an index is dropped', async () => {
  const { state } = await openTiny({ memory: { maxBytes: 400_000, cacheBytes: 1_000 } })
  const live = await liveOf(() => state.note.createMany(notes))
  await state.note.where({ text: 'text 7' }).count()
  expect(live.type('note').rows.fingerprints.bytes).toBeGreaterThan(0)
  for (let at = 0; at < 4; at++)
    await state.note.createMany(notes.map(({ id, text }) => ({ id: `${id} ${at}`, text: `${text} ${at}` })))
  expect(live.type('note').rows.fingerprints.bytes).toBe(0)
  await state.close()
})

interface Coloured {
  readonly id: string
  readonly n: number
  readonly colour: string
  readonly size: number
}

async function coloured() {
  const { state } = await openTiny(cold)
  const tasks: Coloured[] = Array.from({ length: 600 }, (_, at) => ({
    id: `t${at}`,
    n: at % 5,
    colour: 'red',
    size: 1,
  }))
  await state.task.createMany(tasks as never)
  return {
    state,
    explained: (query: object) => state.ask('explain', { type: 'task', ...query, analyze: true } as never),
  }
}

test('a page in the order of an index is not made a scan of: what is common is told by no byte', async () => {
  const { state, explained } = await coloured()
  const { plan, analysis } = await explained({ where: { colour: 'red', size: 1 }, orderBy: [['n', 'asc']], limit: 5 })
  expect([plan.kind, analysis?.rows]).toEqual(['ordered', 5])
  expect(analysis?.bodies).toBeLessThan(100)
  await state.close()
})

test('an index that finds a fifth of the records is asked before a scan', async () => {
  const { state, explained } = await coloured()
  const found = [
    await explained({ where: { colour: 'blue', n: 2 } }),
    await explained({ where: { colour: 'blue', n: 2 } }),
  ]
  expect(found.map(({ plan, analysis }) => [plan.kind, analysis?.bodies])).toEqual([
    ['lookup', 120],
    ['lookup', 0],
  ])
  await state.close()
})

test('of a question about many fields the first four are known, and stay so', async () => {
  const { state, explained } = await coloured()
  const where = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`field ${at}`, 'x']))
  for (const bodies of [600, 0, 0]) {
    const { fingerprints, analysis } = await explained({ where })
    expect([fingerprints?.length, analysis?.bodies]).toEqual([4, bodies])
  }
  await state.close()
})
