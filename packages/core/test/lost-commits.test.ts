import { hasCode, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { Follower } from './follower.ts'
import { gappyStorage } from './gappy-storage.ts'
import { openTiny } from './open-tiny.ts'

/** Six commits: a and b are made, b changes twice, a twice, the second time whole. */
async function written(): Promise<Storage> {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a', n: 1 })
  await state.task.create({ id: 'b', n: 1 })
  await state.task.update('b', { n: 2 })
  await state.task.update('b', { n: 3 })
  await state.task.delete('a')
  await state.task.restore('a')
  await state.close()
  return storage
}

test('commits that are lost are told to followers, to history, and in the statistics', async () => {
  const lost = { from: 3, to: 4, report: 'salvage-9' }
  const { state } = await openTiny({ storage: gappyStorage(await written(), lost) })
  expect(await state.task.get('b')).toMatchObject({ n: 1, rev: 1 })
  expect(await state.task.get('a')).toMatchObject({ n: 1, rev: 3 })
  expect((await state.stats()).lost).toEqual([lost])
  const follower = new Follower(state, 1)
  await follower.reached(6)
  expect(follower.commits.map(({ seq, lostBefore }) => [seq, lostBefore])).toEqual([
    [1, undefined],
    [2, undefined],
    [5, lost],
    [6, undefined],
  ])
  await follower.stop()
  const historyOf = async (id: string) => state.ask('history', { type: 'task', id })
  expect((await historyOf('a')).versions.map(({ seq, lostBefore }) => [seq, lostBefore])).toEqual([
    [1, undefined],
    [5, lost],
    [6, undefined],
  ])
  expect(await historyOf('b')).toMatchObject({ versions: [{ seq: 2 }], lost })
  await state.close()
})

test('a gap at the end of the log is behind us: the next commit is counted from there', async () => {
  const { state } = await openTiny({ storage: gappyStorage(await written(), { from: 5, to: 6, report: 'r' }) })
  await state.task.create({ id: 'c' })
  const follower = new Follower(state, 4)
  await follower.reached(7)
  expect(follower.commits).toMatchObject([{ seq: 4 }, { seq: 7, lostBefore: { from: 5, to: 6 } }])
  await follower.stop()
  await state.close()
})

test('an update whose base is lost is never applied to an older version', async () => {
  const storage = gappyStorage(await written(), { from: 3, to: 3, report: 'r' })
  const opening = openTiny({ storage })
  await expect(opening).rejects.toMatchObject({ code: 'CORRUPT', details: { seq: 4, id: 'b' } })
})

test('a log that was opened for what still reads refuses every write at once, and says so', async () => {
  const storage = await written()
  const damage = [{ file: 'log', line: 7, byte: 900, reason: 'the checksum does not match' }]
  const readonly: Storage = {
    ...storage,
    openWriter: async (owner, options) => {
      const { writer, recovery } = await storage.openWriter(owner, options)
      return { writer, recovery: { ...recovery, damage } }
    },
  }
  const { state } = await openTiny({ storage: readonly })
  expect(state.recovery.damage).toEqual(damage)
  expect((await state.stats()).health).toBe('readonly')
  expect(await state.task.get('b')).toMatchObject({ n: 3 })
  for (const write of [() => state.task.create({ id: 'c' }), () => state.compact(), () => state.flush()]) {
    const refusal: unknown = await write().catch((error: unknown) => error)
    expect(hasCode(refusal, 'STORAGE_FAILED') && refusal.details.damage).toEqual(damage)
  }
  await state.close()
})
