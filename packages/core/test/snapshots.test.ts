import { limits, type StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawBase, rawLog } from './raw-log.ts'
import { turns } from './turns.ts'

test('a snapshot is the state of one commit, whatever is written, compacted and evicted meanwhile', async () => {
  const { state } = await openTiny({ storage: memoryStorage({ retention: 'none' }), memory: { cacheBytes: 500 } })
  const rows = Array.from({ length: 30 }, (_, n) => ({ id: `t${n}`, n: n % 5, title: `${n % 3}` }))
  await state.task.createMany(rows)
  await state.task.update('t1', { n: 9 })
  const before = await state.task.where({}).all()
  const of = (id: string) => before.find((record) => record.id === id)
  await using snapshot = await state.snapshot()
  expect([snapshot.seq, snapshot.records]).toEqual([2, 30])
  for (let round = 0; round < 3; round++) {
    await Promise.all(rows.slice(0, 20).map(({ id }) => state.task.update(id, { n: 100 + round })))
    await state.task.deleteMany(['t20', 't21'].filter((_, at) => at === round % 2))
    await state.compact()
    await state.task.createMany(
      [
        { id: 't20', n: 1 },
        { id: `new${round}`, n: 1 },
      ].slice(round % 2),
    )
    expect(await snapshot.task.where({}).all()).toEqual(before)
    expect(await snapshot.task.getMany(['t1', 't20', 'new0'])).toEqual([of('t1'), of('t20'), undefined])
    expect(await snapshot.task.where({ n: 1 }).count()).toBe(before.filter(({ n }) => n === 1).length)
    expect(await snapshot.task.where({}).groupBy('title')).toEqual(
      ['0', '1', '2'].map((value) => ({ value, count: 10 })),
    )
    expect(
      (
        await snapshot.task
          .where({ n: { gte: 9 } })
          .orderBy('n', 'desc')
          .limit(1)
          .all()
      ).map(({ id }) => id),
    ).toEqual(['t1'])
  }
  expect((await state.verify()).ok).toBe(true)
  await snapshot.close()
  expect(await codeOf(snapshot.task.get('t1'))).toBe('NOT_FOUND')
  await snapshot.close()
  await state.close()
})

test('a snapshot reads, and does nothing else', async () => {
  const { state } = await openTiny()
  const snapshot = await state.snapshot()
  expect(await codeOf(snapshot.task.create({ id: 'a' }))).toBe('UNSUPPORTED')
  expect(await codeOf(snapshot.task.history('a').next())).toBe('UNSUPPORTED')
  await state.close()
})

test('sixteen are open at most, and closing one makes room', async () => {
  const { state } = await openTiny()
  const open = await Promise.all(Array.from({ length: limits.openSnapshots }, () => state.snapshot()))
  expect(await codeOf(state.snapshot())).toBe('BUSY')
  await open[3]?.close()
  expect(await codeOf(state.snapshot())).toBe('none')
  await state.close()
})

test('while a snapshot is open compaction keeps the old log, lets go of it afterwards, and may run again meanwhile', async () => {
  const storage = memoryStorage({ retention: 'none' })
  const { state } = await openTiny({ storage })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  await state.task.update('a', { n: 2 })
  const snapshot = await state.snapshot()
  await state.task.update('a', { n: 3 })
  expect((await state.compact()).upTo).toBe(3)
  await state.task.update('a', { n: 4 })
  expect((await state.compact()).upTo).toBe(4)
  expect((await state.stats()).firstSeq).toBe(1)
  expect(await rawLog(storage)).toHaveLength(4)
  expect(await snapshot.task.get('a')).toMatchObject({ n: 2 })
  await snapshot.close()
  while ((await state.stats()).firstSeq === 1) await turns(1)
  expect((await state.stats()).firstSeq).toBe(5)
  expect(await rawBase(storage)).toHaveLength(2)
  expect(await state.task.get('a')).toMatchObject({ n: 4 })
  await state.close()
})

test('a snapshot that is open for long is told of, then closed, and lets compaction go on; a closed one is neither', async () => {
  const timers: { at: number; action: () => void; called: boolean }[] = []
  const after = (ms: number, action: () => void): (() => void) => {
    const timer = { at: ms, action, called: false }
    timers.push(timer)
    return () => timers.splice(timers.indexOf(timer), 1)
  }
  const run = (ms: number): void => {
    for (const timer of timers.filter(({ at, called }) => at <= ms && !called)) {
      timer.called = true
      timer.action()
    }
  }
  const events: StoreEvent[] = []
  const { state } = await openTiny({
    storage: memoryStorage({ retention: 'none' }),
    timers: { after },
    compaction: false,
    snapshots: { warnMs: 1_000, maxAgeMs: 2_000 },
    onEvent: (event) => events.push(event),
  })
  await state.task.create({ id: 'a', n: 1 })
  const early = await state.snapshot()
  await early.close()
  const snapshot = await state.snapshot()
  await state.task.update('a', { n: 2 })
  await state.compact()
  run(1_000)
  expect(events.filter(({ kind }) => kind === 'snapshot')).toEqual([
    { kind: 'snapshot', phase: 'old', snapshot: 's2', seq: 1, ageMs: 1_000, changed: 1 },
  ])
  expect(await snapshot.task.get('a')).toMatchObject({ n: 1 })
  expect((await state.stats()).firstSeq).toBe(1)
  run(2_000)
  expect(events.at(-1)).toEqual({
    kind: 'snapshot',
    phase: 'expired',
    snapshot: 's2',
    seq: 1,
    ageMs: 2_000,
    changed: 1,
  })
  expect(await codeOf(snapshot.task.get('a'))).toBe('NOT_FOUND')
  await turns(20)
  expect((await state.stats()).firstSeq).toBe(3)
  await state.close()
  for (const snapshots of [{ warnMs: 0 }, { maxAgeMs: 2 ** 31 }, { age: 1 }, 5] as never[])
    expect(await codeOf(openTiny({ snapshots })), JSON.stringify(snapshots)).toBe('INVALID')
})
