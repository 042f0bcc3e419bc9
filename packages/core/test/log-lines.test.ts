import { limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { planIds } from './arbitrary-calls.ts'
import { openTiny } from './open-tiny.ts'
import { rawBase, rawLog } from './raw-log.ts'

const t0 = '2026-01-31T10:00:00.000Z'
const t1 = '2026-01-31T10:00:01.000Z'
const [p = ''] = planIds

test('one line a commit, the keys in the order of the format', async () => {
  const { state, storage, time } = await openTiny()
  await state.plan.create({ name: 'x', id: p }, { actor: 'ada', txid: 'one' })
  time.at += 1_000
  await state.plan.update(p, { name: 'y', status: 'open' }, { actor: 'bob', txid: 'two' })
  await state.task.create({ id: 'a', n: 1, title: 't' })
  await state.task.update('a', { n: 2 }, { unset: ['title'] })
  await state.task.delete('a', { actor: 'ada' })
  await state.plan.update(p, { status: 'done' }, { force: true, reason: 'r', actor: 'ada', txid: 'three' })
  await state.transact(
    [
      { op: 'create', type: 'task', data: { id: 'b' } },
      { op: 'update', type: 'plan', id: p, changes: { name: 'z' } },
      { op: 'delete', type: 'plan', id: p, cascade: true },
      { op: 'restore', type: 'task', id: 'a' },
    ],
    { actor: 'ada', txid: 'four' },
  )
  expect(await rawLog(storage)).toEqual([
    `{"type":"plan","timestamp":"${t0}","data":{"id":"${p}","name":"x","status":"draft"},"rev":1,"actor":"ada","txid":"one"}`,
    `{"type":"update","timestamp":"${t1}","target":"plan","id":"${p}","changes":{"name":"y","status":"open"},"rev":2,"prev":1,"actor":"bob","txid":"two"}`,
    `{"type":"task","timestamp":"${t1}","data":{"id":"a","n":1,"title":"t"},"rev":1}`,
    `{"type":"update","timestamp":"${t1}","target":"task","id":"a","changes":{"n":2},"unset":["title"],"rev":2,"prev":3}`,
    `{"type":"delete","timestamp":"${t1}","target":"task","id":"a","rev":3,"actor":"ada"}`,
    `{"type":"update","timestamp":"${t1}","target":"plan","id":"${p}","changes":{"status":"done"},"rev":3,"prev":2,"actor":"ada","force":"r","txid":"three"}`,
    `{"type":"tx","timestamp":"${t1}","data":{"ops":[{"type":"task","data":{"id":"b"},"rev":1},{"type":"task","data":{"id":"a","n":2},"rev":4},{"type":"delete","target":"plan","id":"${p}","rev":4}]},"actor":"ada","txid":"four"}`,
  ])
  await state.close()
})

test("times that a caller gave are kept as they are, and left out where they are the line's own", async () => {
  const { state, storage, time } = await openTiny()
  const given = '2026-01-31T12:00:00.123456789+02:00'
  const made = await state.task.create({ id: 'a', created_at: given, updated_at: given })
  await state.task.create({ id: 'b', created_at: t0, updated_at: t0 })
  time.at += 1_000
  const updates = [
    await state.task.update('a', { n: 1, updated_at: given }),
    await state.task.update('a', { n: 2, created_at: t1 }),
    await state.task.update('a', { n: 3, created_at: t1, updated_at: t1 }),
    await state.task.update('b', { n: 1, updated_at: t0 }),
  ]
  expect([made, ...updates].map(({ created_at, updated_at }) => [created_at, updated_at])).toEqual([
    [given, given],
    [given, given],
    [t1, t1],
    [t1, t1],
    [t0, t0],
  ])
  expect((await rawLog(storage)).map((line) => JSON.parse(line).data ?? JSON.parse(line).changes)).toEqual([
    { id: 'a', created_at: given, updated_at: given },
    { id: 'b' },
    { n: 1, updated_at: given },
    { n: 2, created_at: t1 },
    { n: 3 },
    { n: 1, updated_at: t0 },
  ])
  const before = await state.task.where({}).all()
  await state.close()
  const { state: again } = await openTiny({ storage, time })
  expect(await again.task.where({}).all()).toEqual(before)
  await again.compact()
  await again.close()
  const { state: compacted } = await openTiny({ storage, time })
  expect(await compacted.task.where({}).all()).toEqual(before)
  await compacted.close()
})

test('an update that changes nothing writes nothing, whatever it says', async () => {
  const { state, storage, time } = await openTiny()
  const made = await state.task.create({ id: 'a', n: 1, tags: ['p'], extra: { x: [1, { y: null }] } } as never)
  time.at += 1_000
  const same = [
    state.task.update('a', {}),
    state.task.update('a', { n: 1 }),
    state.task.update('a', { tags: ['p'], extra: { x: [1, { y: null }] } } as never),
    state.task.update('a', { updated_at: made.updated_at, created_at: made.created_at }),
    state.task.update('a', {}, { unset: ['title'] }),
    state.task.update('a', { id: 'a' } as never, { expectedRev: 1 }),
  ]
  for (const answer of await Promise.all(same)) expect(answer).toEqual(made)
  expect(await rawLog(storage)).toHaveLength(1)
  await state.close()
})

test('after eight patches in a row a record is written whole', async () => {
  const { state, storage } = await openTiny({ memory: { cacheBytes: 1 } })
  await state.task.create({ id: 'a', title: 'kept', n: 0 })
  for (let n = 1; n <= 2 * limits.patchChain + 2; n++) await state.task.update('a', { n })
  const kinds = (await rawLog(storage)).map((line) => JSON.parse(line).type)
  const patches = Array.from({ length: limits.patchChain }, () => 'update')
  expect(kinds).toEqual(['task', ...patches, 'task', ...patches, 'task'])
  const whole = (await rawLog(storage)).at(-1) ?? ''
  expect(whole).toBe(`{"type":"task","timestamp":"${t0}","data":{"id":"a","title":"kept","n":18},"rev":19}`)
  expect(await state.task.get('a')).toMatchObject({ rev: 19, n: 18, title: 'kept' })
  await state.close()
})

test('a chain of patches begun in flight is bounded too', async () => {
  const { state, storage } = await openTiny()
  await Promise.all([
    state.task.create({ id: 'a' }),
    ...Array.from({ length: 30 }, (_, n) => state.task.update('a', { n })),
  ])
  const kinds = (await rawLog(storage)).map((line) => JSON.parse(line).type).join(' ')
  expect(kinds).not.toContain(Array.from({ length: limits.patchChain + 1 }, () => 'update').join(' '))
  expect(kinds).toContain(Array.from({ length: limits.patchChain }, () => 'update').join(' '))
  await state.close()
})

test('a base holds a line a live record and a tombstone, with the time and seq of its last change; one that the log tells whole, as it stands there', async () => {
  const { state, storage, time } = await openTiny()
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1, updated_at: '2020-01-01T00:00:00+01:00' },
  ])
  time.at += 1_000
  await state.task.update('a', { n: 2 })
  await state.task.create({ id: 'c' })
  await state.task.delete('c')
  time.at += 1_000
  await state.compact()
  expect(await rawBase(storage)).toEqual([
    `{"type":"task","timestamp":"${t0}","data":{"id":"b","n":1,"updated_at":"2020-01-01T00:00:00+01:00"},"rev":1}`,
    `{"type":"task","timestamp":"${t1}","data":{"id":"a","n":2,"created_at":"${t0}"},"rev":2}`,
    `{"type":"delete","timestamp":"2026-01-31T10:00:02.000Z","target":"task","id":"c","rev":2}`,
  ])
  await state.close()
})

test('types and fields that the domain does not know are kept, and carried over by compaction', async () => {
  const storage = memoryStorage()
  const { writer } = await storage.openWriter('somebody else')
  const lines = [
    `{"type":"widget","timestamp":"${t0}","data":{"id":"w1","deep":{"er":[1]}},"rev":1}`,
    `{"type":"plan","timestamp":"${t0}","data":{"id":"${p}","name":"x","colour":"red"},"rev":1}`,
    `{"type":"update","timestamp":"${t1}","target":"widget","id":"w1","changes":{"more":true},"rev":2,"prev":1}`,
    `{"type":"widget","timestamp":"${t0}","data":{"id":"w2","updated_at":"a \\"quoted\\" time"},"rev":1}`,
    `{"type":"widget","timestamp":"${t0}","data":{"id":"w3","updated_at":7},"rev":1}`,
    `{"type":"delete","timestamp":"${t1}","target":"widget","id":"w2","rev":2}`,
  ]
  const records = lines.map((line) => Buffer.from(line))
  await writer.append(records, { expectedSeq: 0, commitId: '1', durability: 'commit' })
  await writer.close()
  for (let round = 0; round < 2; round++) {
    const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
    expect(await state.plan.get(p)).toMatchObject({ colour: 'red' })
    expect((await state.stats()).recordsByType.widget).toBe(2)
    await state.plan.update(p, { name: `round ${round}` })
    await state.compact()
    await state.close()
  }
  const base = (await rawBase(storage))
    .map((line) => JSON.parse(line))
    .filter((line) => line.type === 'widget' || line.target === 'widget')
  expect(base).toMatchObject([
    { timestamp: t1, data: { id: 'w1', deep: { er: [1] }, more: true }, rev: 2 },
    { data: { id: 'w3', updated_at: 7 }, rev: 1 },
    { type: 'delete', id: 'w2', rev: 2 },
  ])
})

test('plain lines without rev are counted, and what is written goes on from there', async () => {
  const storage = memoryStorage()
  const { writer } = await storage.openWriter('a script')
  const lines = [
    `{"type":"task","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"a","n":1}}`,
    `{"type":"update","timestamp":"2024-01-20T10:01:00.000Z","target":"task","id":"a","changes":{"n":2}}`,
    `{"type":"task","timestamp":"2024-01-20T10:02:00.000Z","data":{"id":"b"}}`,
    `{"type":"delete","timestamp":"2024-01-20T10:03:00.000Z","target":"task","id":"b"}`,
  ]
  await writer.append(
    lines.map((line) => Buffer.from(line)),
    { expectedSeq: 0, commitId: '1', durability: 'commit' },
  )
  await writer.close()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  expect(await state.task.get('a')).toEqual({
    id: 'a',
    n: 2,
    rev: 2,
    created_at: '2024-01-20T10:00:00.000Z',
    updated_at: '2024-01-20T10:01:00.000Z',
  })
  expect(await state.task.update('a', { n: 3 }, { expectedRev: 2 })).toMatchObject({ rev: 3 })
  expect(await state.task.create({ id: 'b' })).toMatchObject({ rev: 3 })
  expect((await state.ask('history', { type: 'task', id: 'b' })).versions.map(({ change }) => change.rev)).toEqual([
    1, 2, 3,
  ])
  expect((await state.verify()).ok).toBe(true)
  await state.close()
})
