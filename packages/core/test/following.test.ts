import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { Follower } from './follower.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'
import { pipelinedStorage } from './pipelined-storage.ts'

test('a follower hears of a commit when it is durable, and not before', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const follower = new Follower(state, 1)
  const writing = state.task.create({ id: 'a', n: 1 }, { actor: 'ada', txid: 't' })
  await storage.asked(1)
  expect(follower.commits).toEqual([])
  storage.open()
  await writing
  await follower.reached(1)
  expect(follower.commits).toMatchObject([
    { seq: 1, actor: 'ada', txid: 't', changes: [{ op: 'put', type: 'task', id: 'a', rev: 1 }] },
  ])
  await follower.stop()
  await state.close()
})

test('changes goes on from any seq; 0 and 1 are the beginning', async () => {
  const { state } = await openTiny()
  for (let n = 0; n < 5; n++) await state.task.create({ id: `t${n}` })
  for (const [since, first] of [
    [0, 1],
    [1, 1],
    [4, 4],
  ] as const) {
    const abort = new AbortController()
    for await (const { seq } of state.changes({ since, signal: abort.signal })) {
      expect(seq).toBe(first)
      break
    }
  }
  const follower = new Follower(state, 7)
  await state.task.create({ id: 'six' })
  await state.task.create({ id: 'seven' })
  await follower.reached(7)
  expect(follower.commits.map(({ seq }) => seq)).toEqual([7])
  await follower.stop()
  await state.close()
})

test('what compaction has let go of is TRIMMED to a follower and to history', async () => {
  const { state } = await openTiny({ storage: memoryStorage({ retention: 'none' }) })
  await state.task.create({ id: 'a', n: 1 })
  await state.compact()
  await state.task.update('a', { n: 2 })
  const following = (async () => {
    for await (const _ of state.changes()) return
  })()
  expect(await codeOf(following)).toBe('TRIMMED')
  // Of history the rest is told, and the record whole: an update behind a base is written so.
  expect((await state.ask('history', { type: 'task', id: 'a' })).versions).toMatchObject([
    { seq: 2, change: { op: 'put', rev: 2 }, record: { n: 2 } },
  ])
  await state.close()
})

test('flush waits for every write before it, however appends go', async () => {
  for (const storage of [memoryStorage(), pipelinedStorage()]) {
    const { state } = await openTiny({ storage })
    const writing = [state.task.create({ id: 'a' }), state.task.create({ id: 'b' }), state.transact([])]
    expect((await state.flush()).lastSeq).toBe(2)
    expect(await state.task.count()).toBe(2)
    await Promise.all(writing)
    await state.close()
  }
})

test('flush is not told of a write before it that was refused or failed', async () => {
  const { state } = await openTiny()
  const writing = codeOf(state.task.update('none', {}))
  expect((await state.flush()).lastSeq).toBe(0)
  expect(await writing).toBe('NOT_FOUND')
  await state.close()
})
