import { setImmediate as nextTurn } from 'node:timers/promises'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import { openTiny } from './open-tiny.ts'

/** A clock on which each look takes so long, as if it were work. */
function slowTime(msALook: number) {
  const time = manualTime()
  return Object.assign(time, {
    monotonicMs() {
      time.at += msALook
      return time.at
    },
  })
}

const writes = 400

/** Writes at once, and how many turns of the event loop others had until all were acknowledged, and in how many groups they went. */
async function written(msALook: number): Promise<{ readonly turns: number; readonly groups: number }> {
  const { state } = await openTiny({ storage: memoryStorage(), time: slowTime(msALook) })
  let isDone = false
  const all = Promise.all(Array.from({ length: writes }, (_, n) => state.task.create({ id: `t${n}`, n }))).finally(
    () => {
      isDone = true
    },
  )
  let turns = 0
  let seen = 0
  for (; !isDone; turns++) {
    const rows = await state.task.where().orderBy('n').all()
    // What a reader sees in between is a beginning of what was written, in its order.
    expect(rows.map(({ n }) => n)).toEqual(rows.map((_, n) => n))
    expect(rows.length).toBeGreaterThanOrEqual(seen)
    seen = rows.length
    await nextTurn()
  }
  const records = await all
  expect(records.map(({ n }) => n)).toEqual(Array.from({ length: writes }, (_, n) => n))
  const groups = (await state.stats()).appends?.commits.count ?? 0
  expect((await state.verify()).ok).toBe(true)
  await state.close()
  return { turns, groups }
}

test('a long line of writes is decided and taken in by slices, so that who reads has a turn in between', async () => {
  const quick = await written(0)
  expect(quick.groups).toBe(1)
  const slow = await written(1)
  expect(slow.groups).toBeGreaterThan(4)
  expect(slow.turns).toBeGreaterThan(quick.turns + 4)
})
