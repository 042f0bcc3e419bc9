import { ImageReader, ImageWriter, joined, sourceOf } from '@stateward/index'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { RowPages } from '../src/records/row-pages.ts'
import { cachingStorage } from './caching-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const tasks = 1_300
const whileOpen = 20
const plan = '018d2b1c-7a00-7000-8000-000000000001'
const states = ['open', 'closed', 'lost']

test('a checkpoint that is saved while all kinds of records change brings back what the log says', async () => {
  const storage = cachingStorage(memoryStorage())
  let parts = 0
  let writing: TinyState | undefined
  storage.beforePart = async () => {
    if (writing !== undefined) await change(writing, parts++)
  }
  const { state, time } = await openTiny({ storage, checkpoints: { atClose: Number.MAX_SAFE_INTEGER, whileOpen } })
  await state.plan.create({ id: plan, name: 'the plan' })
  await state.task.createMany(Array.from({ length: tasks }, (_, n) => taskOf(n)))
  for (let n = 0; n < tasks; n += 3) await state.task.update(`t${n}`, { title: `title ${n}` })
  const saved = () => storage.savedNames.filter((name) => name === 'state').length
  const before = saved()
  writing = state
  for (let n = 0; saved() < before + 1; n++) await state.task.update('t1', { n })
  writing = undefined
  const expected = await answers(state)
  await state.close()
  expect(parts).toBeGreaterThan(50)

  const { state: again } = await openTiny({ storage, time, checkpoints: false })
  expect(await answers(again)).toEqual(expected)
  expect(await again.checkIndexes()).toMatchObject({ ok: true })
  expect(await again.verify()).toMatchObject({ ok: true })
  for (const id of ['t5', 't7', 'new3']) await again.task.update(id, { n: -5 })
  expect(await again.task.where({ n: -5 }).count()).toBe(3)
  await again.close()
})

test('the place of a record in an image is that of its beginning', () => {
  const rows = new RowPages()
  const slots = [0, 1, 1_500]
  for (const slot of slots) {
    rows.put(slot, slot + 10, 1, slot + 1)
    rows.setPatches(slot, [slot + 11])
    rows.setChain(slot, 1)
  }
  const placeIn = (from: RowPages) => (slot: number) => [
    from.whole(slot),
    from.patches(slot),
    from.chain(slot),
    from.rev(slot),
    from.seq(slot),
  ]
  const places = slots.map(placeIn(rows))
  const image = new ImageWriter()
  rows.save(image)
  rows.setPatches(0, [11, 12])
  rows.setChain(0, 2)
  rows.put(1_500, 77, 9, 99)
  const again = new RowPages()
  again.load(new ImageReader(sourceOf(joined(image.parts()))))
  expect(slots.map(placeIn(again))).toEqual(places)
  expect([0, 1_500].map(placeIn(rows))).toEqual([
    [10, [11, 12], 2, 1, 1],
    [77, [], 0, 9, 99],
  ])
})

function taskOf(n: number) {
  return { id: `t${n}`, n, title: `title ${n}`, state: states[n % 3] ?? '', plan_id: plan }
}

/** Updates that are patches, records written whole, deletions, and new records in the slots that those leave. */
async function change(state: TinyState, part: number): Promise<void> {
  for (let n = part % 17; n < 1_000; n += 401) await state.task.update(`t${n}`, { n: n + part, state: 'changed' })
  const goneAt = (at: number): string => `t${1_000 + at * 3}`
  if (part < 100) await state.task.delete(goneAt(part))
  await state.task.create({ id: `new${part}`, n: part, state: 'new', plan_id: plan })
  if (part >= 20 && part < 100) await state.task.restore(goneAt(part - 20))
}

async function answers(state: TinyState): Promise<unknown> {
  const all = await state.task.where().all()
  const places = await Promise.all(
    ['open', 'new', 'changed'].map((value) => state.task.where({ state: value }).orderBy('n').limit(50).all()),
  )
  const { records, lastSeq } = await state.stats()
  return { all, places, records, lastSeq, groups: await state.task.where().groupBy('state') }
}
