import { limits, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { describe, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { refused } from './refused.ts'

const text = 'x'.repeat(1_000)
const rows = Array.from({ length: 300 }, (_, n) => ({ id: `n${String(n).padStart(3, '0')}`, text }))

/** A log as a crash would have left it: its first `commits` commits. */
async function crashedAfter(storage: Storage, commits: number): Promise<Storage> {
  const rest = memoryStorage()
  const { writer } = await rest.openWriter('the crash')
  const records = (await rawLog(storage)).slice(0, commits).map((line) => Buffer.from(line))
  await writer.append(records, { expectedSeq: 0, commitId: '1', durability: 'commit' })
  return rest
}

test('rows beyond the bound of a line are several commits in order, each of them within it', async () => {
  const { state, storage } = await openTiny()
  const answer = await state.note.createMany(rows, { actor: 'ada', txid: 't' })
  expect(answer.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  const lines = await rawLog(storage)
  expect(lines.length).toBeGreaterThan(36)
  expect(lines.length).toBeLessThan(60)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(limits.bulkCommitBytes)
  const parts = lines.map((line) => /,"actor":"ada","txid":"t#(\d+)-(\d+)"}$/.exec(line)?.slice(1).map(Number))
  expect(parts[0]?.[0]).toBe(0)
  expect(parts.at(-1)?.[1]).toBe(300)
  for (const [at, part] of parts.slice(1).entries()) expect(part?.[0]).toBe(parts[at]?.[1])
  await state.close()
})

test('a row that is longer than a commit of rows stands alone', async () => {
  const { state, storage } = await openTiny()
  const long = 'x'.repeat(2 * limits.bulkCommitBytes)
  await state.note.createMany([
    { id: 'a', text: 'short' },
    { id: 'b', text: long },
    { id: 'c', text: 'short' },
  ])
  expect((await rawLog(storage)).map((line) => line.length > limits.bulkCommitBytes)).toEqual([false, true, false])
  await state.close()
})

test('a refusal of the last row refuses all, though the first would be commits of their own', async () => {
  const store = await openTiny()
  const { state } = store
  await state.note.create({ id: 'taken', text: 'other' })
  const { details, message } = await refused(store, 'ALREADY_EXISTS', () =>
    state.note.createMany([...rows, { id: 'taken', text }]),
  )
  expect(details).toMatchObject({ row: 300, id: 'taken' })
  expect(message).toMatch(/^row 300: /)
  await state.close()
})

test('updates of one id twice follow one another', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const [first, second] = await state.task.updateMany([
    { id: 'a', changes: { n: 1 } },
    { id: 'a', changes: { title: 'x' }, expectedRev: 2 },
  ])
  expect([first, second]).toMatchObject([
    { n: 1, rev: 2 },
    { n: 1, title: 'x', rev: 2 },
  ])
  expect(await rawLog(storage)).toHaveLength(2)
  expect(await codeOf(state.task.deleteMany(['a', 'a']))).toBe('NOT_FOUND')
  expect((await state.task.get('a'))?.rev).toBe(2)
  await state.close()
})

describe('a bulk write that a crash has cut short', () => {
  test.each([1, 3, 4])('is finished by sending it again with its txid (after %i commits)', async (commits) => {
    const { state, storage } = await openTiny()
    await state.note.createMany(rows, { txid: 't' })
    await state.close()
    const rest = await crashedAfter(storage, commits)
    const { state: again } = await openTiny({ storage: rest })
    const done = await again.note.count()
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(300)
    const answer = await again.note.createMany(rows, { txid: 't' })
    expect(answer.map(({ id, rev }) => [id, rev])).toEqual(rows.map(({ id }) => [id, 1]))
    expect(await again.note.count()).toBe(300)
    const seq = (await again.stats()).lastSeq
    expect(await again.note.createMany(rows, { txid: 't' })).toEqual(answer)
    expect((await again.stats()).lastSeq).toBe(seq)
    await again.close()
  })

  test('makes no row twice where the store made the ids', async () => {
    const plans = Array.from({ length: 300 }, (_, n) => ({ name: `${n} ${text}` }))
    const { state, storage } = await openTiny()
    const first = await state.plan.createMany(plans, { txid: 't' })
    await state.close()
    const { state: again } = await openTiny({ storage: await crashedAfter(storage, 3) })
    const kept = (await again.plan.count()) as number
    const answer = await again.plan.createMany(plans, { txid: 't' })
    expect(await again.plan.count()).toBe(300)
    expect(answer.slice(0, kept)).toEqual(first.slice(0, kept))
    expect(answer.map(({ name }) => name)).toEqual(plans.map(({ name }) => name))
    await again.close()
  })

  test('goes on behind rows that changed nothing', async () => {
    const { state, storage } = await openTiny()
    // The first commits' worth of rows is there already.
    await state.note.createMany(rows.slice(0, 150))
    const before = (await state.stats()).lastSeq
    await state.note.createMany(rows, { txid: 't' })
    const total = (await state.stats()).lastSeq
    await state.close()
    for (let commits = before + 1; commits < total; commits++) {
      const { state: again } = await openTiny({ storage: await crashedAfter(storage, commits) })
      await again.note.update('n000', { text: 'changed since' })
      const answer = await again.note.createMany(rows, { txid: 't' })
      expect(answer).toHaveLength(300)
      expect(await again.note.count()).toBe(300)
      await again.close()
    }
  })
})

test('a storage that is full half-way says how much is written, and the rest is written when there is room', async () => {
  const full = Object.assign(new Error('no room'), { code: 'FULL' })
  const storage = faultyStorage({ fates: ['ok', 'ok', { fails: full }], unknown: 'stop', caps: { maxBatchRecords: 1 } })
  const { state } = await openTiny({ storage })
  const error: unknown = await state.note.createMany(rows, { txid: 't' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'FULL', details: { landed: 2 } })
  const done = await state.note.count()
  expect(done).toBeGreaterThan(0)
  expect(await state.note.createMany(rows, { txid: 't' })).toHaveLength(300)
  expect(await state.note.count()).toBe(300)
  expect((await state.verify()).ok).toBe(true)
  await state.close()
})
