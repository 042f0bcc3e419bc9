import { type Command, defineDomain, entity, limits, StatewardError } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { brittleStorage } from './brittle-storage.ts'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { validating } from './loose-schema.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { turns } from './turns.ts'

/** A store of which every record has to be read from the log, and an open gate before that. */
async function coldStore() {
  const storage = gatedStorage()
  storage.open()
  const { state, time } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  storage.shut()
  return { storage, state, time }
}

test('a write that is given up while its record is read is not made, and one with its txid is made by whoever sends it next', async () => {
  const { storage, state, time } = await coldStore()
  const abort = new AbortController()
  const aborted = codeOf(state.task.update('a', { n: 2 }, { txid: 't', signal: abort.signal }))
  const late = codeOf(state.task.update('b', { n: 2 }, { timeoutMs: 1 }))
  await turns(2)
  abort.abort()
  time.at += 2
  expect(await Promise.all([aborted, late])).toEqual(['ABORTED', 'TIMEOUT'])
  storage.open()
  expect(await state.task.update('a', { n: 3 }, { txid: 't' })).toMatchObject({ n: 3, rev: 2 })
  expect(await state.task.get('b')).toMatchObject({ n: 1, rev: 1 })
  expect((await state.stats()).lastSeq).toBe(2)
  await state.close()
})

test('a write whose twin is on its way is told with it, or of its own impatience', async () => {
  const { storage, state, time } = await coldStore()
  storage.open()
  const made = state.note.create({ id: 'n' }, { txid: 't' })
  await turns(1)
  storage.shut()
  const first = state.note.create({ id: 'm' }, { txid: 'u' })
  const abort = new AbortController()
  const twin = state.note.create({ id: 'm' }, { txid: 'u' })
  const given = codeOf(state.note.create({ id: 'm' }, { txid: 'u', signal: abort.signal }))
  abort.abort()
  await turns(3)
  time.at += 2
  storage.open()
  expect(await Promise.all([made, first, twin])).toMatchObject([{ id: 'n' }, { id: 'm', rev: 1 }, { id: 'm', rev: 1 }])
  expect(await given).toBe('ABORTED')
  expect((await state.stats()).lastSeq).toBe(3)
  await state.close()
})

test('a write that stands on one that fails meanwhile is refused, and nothing of it is made', async () => {
  const storage = brittleStorage()
  let reads: Promise<void> | undefined
  let appends: Promise<void> | undefined
  storage.own = (writer) => ({
    async fetch(ptrs) {
      await reads
      return writer.fetch(ptrs)
    },
    async append(...args) {
      if (appends === undefined) return writer.append(...args)
      await appends
      throw new StatewardError('FULL', 'no room')
    },
  })
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
    { id: 'parent', n: 1 },
  ])
  let fail: () => void = () => undefined
  let answer: () => void = () => undefined
  appends = new Promise((resolve) => {
    fail = resolve
  })
  const before = codeOf(state.task.create({ id: 'c', n: 7 }))
  await turns(2)
  reads = new Promise((resolve) => {
    answer = resolve
  })
  // The first of its steps stands on what is not durable yet, the second one waits for the log.
  const both = codeOf(
    state.transact([
      { op: 'update', type: 'task', id: 'c', changes: { n: 8 } },
      { op: 'update', type: 'task', id: 'a', changes: { n: 8, parent: 'parent' } },
    ]),
  )
  await turns(2)
  fail()
  expect(await before).toBe('FULL')
  appends = undefined
  answer()
  expect(await both).toBe('NOT_FOUND')
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  expect(await state.task.create({ id: 'c' })).toMatchObject({ rev: 1 })
  await state.close()
})

test('rows whose lines come out longer than was guessed are cut again, and none is lost', async () => {
  // Each of these characters takes six in a line.
  const text = '\u0001'.repeat(1_000)
  const rows = Array.from({ length: 10 }, (_, n) => ({ id: `r${n}`, text }))
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  const made = await state.note.createMany(rows, { txid: 't' })
  expect(made.map(({ id, rev }) => [id, rev])).toEqual(rows.map(({ id }) => [id, 1]))
  const lines = await rawLog(storage)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(limits.bulkCommitBytes)
  const parts = lines.map((line) => /"txid":"t#(\d+)-(\d+)"/.exec(line)?.slice(1).map(Number))
  expect(parts).toEqual(rows.map((_, at) => [at, at + 1]))
  expect(await state.note.createMany(rows, { txid: 't' })).toEqual(made)
  expect(await rawLog(storage)).toHaveLength(10)
  await state.close()
})

test('a command whose steps a schema looks at with a promise is decided once it has answered, and refused where that says no', async () => {
  const schema = validating<{ n: number }>(async (value) => {
    await turns(1)
    const n: unknown = Reflect.get(value, 'n')
    return typeof n === 'number' && n < 3 ? { value: { n } } : { issues: [{ message: 'too much', path: ['n'] }] }
  })
  let runs = 0
  const next: Command = (_, { reader }) => {
    runs++
    const n = Number(reader.get('thing', 'one')?.n ?? 0) + 1
    return n === 1
      ? [{ op: 'create', type: 'thing', data: { id: 'one', n } }]
      : [{ op: 'update', type: 'thing', id: 'one', changes: { n } }]
  }
  const domain = defineDomain({ thing: entity({ schema, id: 'string' }) }, { commands: { next } })
  const state = await createStateManager({ storage: memoryStorage(), domain })
  const go = () => state.ask('command', { name: 'next', body: {} })
  expect((await Promise.all([go(), go()])).map(({ seq }) => seq)).toEqual([1, 2])
  expect(await codeOf(go())).toBe('INVALID')
  expect(await state.thing.get('one')).toMatchObject({ n: 2, rev: 2 })
  expect(runs, 'none is run again for its schema’s sake').toBe(3)
  await state.close()
})
