import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'

test('a transaction reads one state and its own writes, and is one commit', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  const answer = await state.transaction(async (tx) => {
    const before = await tx.task.get('a')
    await tx.task.update('a', { n: 2 })
    await tx.task.create({ id: 'b', n: 2 })
    await tx.task.delete('a')
    await tx.task.createMany([
      { id: 'c', n: 2 },
      { id: 'd', n: 3 },
    ])
    expect(await tx.task.get('a')).toBeUndefined()
    expect((await tx.task.getMany(['a', 'b'])).map((record) => record?.n)).toEqual([undefined, 2])
    expect((await tx.task.where({ n: 2 }).orderBy('id', 'desc').all()).map(({ id }) => id)).toEqual(['c', 'b'])
    expect((await tx.task.where({ n: 2 }).orderBy('id').first())?.id).toBe('b')
    expect(await tx.task.where().count()).toBe(3)
    expect(await tx.task.where().groupBy('n')).toEqual([
      { value: 2, count: 2 },
      { value: 3, count: 1 },
    ])
    expect(await state.task.where().count()).toBe(1)
    return before?.n
  })
  expect(answer).toBe(1)
  expect((await state.stats()).lastSeq).toBe(2)
  expect((await state.task.where().all()).map(({ id }) => id)).toEqual(['b', 'c', 'd'])
  await state.close()
})

test('what the function throws is thrown, and nothing is written', async () => {
  const { state } = await openTiny()
  const reason = new Error('no')
  const failing = state.transaction(async (tx) => {
    await tx.task.create({ id: 'a' })
    throw reason
  })
  await expect(failing).rejects.toBe(reason)
  const refused = state.transaction(async (tx) => {
    await tx.task.create({ id: 'a' })
    await tx.task.update('nobody', { n: 1 })
  })
  expect(await codeOf(refused)).toBe('NOT_FOUND')
  expect((await state.stats()).lastSeq).toBe(0)
  await state.close()
})

test('a refusal that is caught inside leaves no trace of its write', async () => {
  const { state } = await openTiny()
  await state.transaction(async (tx) => {
    await tx.task.create({ id: 'a', n: 1 })
    expect(await codeOf(tx.task.createMany([{ id: 'b' }, { id: 'a', n: 2 }]))).toBe('ALREADY_EXISTS')
    expect(await tx.task.get('b')).toBeUndefined()
  })
  expect((await state.task.where().all()).map(({ id }) => id)).toEqual(['a'])
  await state.close()
})

const outside: readonly [
  name: string,
  change: (state: Awaited<ReturnType<typeof openTiny>>['state']) => Promise<unknown>,
][] = [
  ['a record it has read', (state) => state.task.update('a', { title: 'x' })],
  ['a record it has not found', (state) => state.task.create({ id: 'late' })],
  ['a record that its query finds now', (state) => state.task.create({ id: 'phantom', n: 7 })],
  ['a record that its query had found', (state) => state.task.update('b', { n: 8 })],
  ['a record that it counted', (state) => state.task.delete('b')],
]

test.each(outside)('%s is changed meanwhile: it is run again', async (_, change) => {
  const { state } = await openTiny()
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 7 },
  ])
  let runs = 0
  await state.transaction(async (tx) => {
    runs++
    await tx.task.get('a')
    await tx.task.get('late')
    await tx.task.where({ n: 7 }).all()
    await tx.task.where({ n: 7 }).count()
    if (runs === 1) await change(state)
    await tx.task.create({ id: 'result', n: 0 })
  })
  expect(runs).toBe(2)
  await state.close()
})

test('what it has not looked at may change, also behind the end of a limited answer', async () => {
  const { state } = await openTiny()
  await state.task.createMany([
    { id: 'a', n: 7 },
    { id: 'b', n: 7 },
  ])
  let runs = 0
  await state.transaction(async (tx) => {
    runs++
    await tx.task.where({ n: 7 }).orderBy('id').limit(1).all()
    await state.task.update('b', { title: 'behind' })
    await state.task.create({ id: 'c', n: 7 })
    await state.task.create({ id: 'z', n: 1 })
    await tx.task.create({ id: 'result' })
  })
  expect(runs).toBe(1)
  await state.close()
})

test('a transaction that never fits is given up, and says which record was in the way', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  let runs = 0
  const losing = state.transaction(
    async (tx) => {
      runs++
      await tx.task.get('a')
      await state.task.update('a', { n: runs })
      await tx.task.update('a', { title: 'never' })
    },
    { retries: 2 },
  )
  await expect(losing).rejects.toMatchObject({ code: 'CONFLICT', details: { type: 'task', id: 'a', tries: 3 } })
  expect(runs).toBe(3)
  expect((await state.task.get('a'))?.title).toBeUndefined()
  await state.close()
})

test('a write that was accepted inside and is refused at the commit is run again, and refused inside then', async () => {
  const { state } = await openTiny()
  const plan = await state.plan.create({ name: 'p' })
  let runs = 0
  const orphaned = state.transaction(async (tx) => {
    runs++
    await tx.task.create({ id: 'a', plan_id: plan.id })
    if (runs === 1) await state.plan.delete(plan.id)
  })
  expect(await codeOf(orphaned)).toBe('INVALID_REFERENCE')
  expect(runs).toBe(2)
  await state.close()
})

test('a transaction that only reads is one state and is never run again', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  let runs = 0
  const seen = await state.transaction(async (tx) => {
    runs++
    const first = await tx.task.get('a')
    await state.task.update('a', { n: 2 })
    return [first?.n, (await tx.task.get('a'))?.n, await tx.task.where({ n: 1 }).count()]
  })
  expect(seen).toEqual([1, 1, 1])
  expect(runs).toBe(1)
  await state.close()
})

test('it is misused in no way that writes half of it', async () => {
  const { state } = await openTiny()
  const nested = state.transaction(() => state.transaction(async (tx) => tx.task.create({ id: 'a' })))
  expect(await codeOf(nested)).toBe('INVALID')
  const forgetful = state.transaction(async (tx) => {
    void tx.task.create({ id: 'a' })
  })
  expect(await codeOf(forgetful)).toBe('INVALID')
  const late = await state.transaction((tx) => tx)
  expect(await codeOf(late.task.create({ id: 'a' }))).toBe('CLOSED')
  expect(await codeOf(late.task.get('a'))).toBe('CLOSED')
  expect(await codeOf(state.transaction((tx) => tx.task.create({ id: 'a' }, { txid: 't' })))).toBe('INVALID')
  expect(await codeOf(state.transaction(undefined as never))).toBe('INVALID')
  expect(await codeOf(state.transaction(async () => 1, { retries: -1 }))).toBe('INVALID')
  expect(await codeOf(state.transaction(async () => 1, { retires: 1 } as never))).toBe('INVALID')
  expect((await state.stats()).lastSeq).toBe(0)
  await state.close()
  expect(await codeOf(state.transaction(async () => 1))).toBe('CLOSED')
})

test('code that outlives its transaction is within it no more; within one that runs, also of a second store, nesting is told', async () => {
  const [{ state }, { state: other }] = [await openTiny(), await openTiny()]
  let go: () => void = () => undefined
  let late: Promise<unknown> | undefined
  await state.transaction(async () => {
    late = new Promise<void>((resolve) => {
      go = resolve
    }).then(() => state.transaction((tx) => tx.task.create({ id: 'late' })))
  })
  const running = other.transaction(async (tx) => {
    await tx.task.get('a')
    go()
    await late
    expect(await codeOf(other.transaction(() => 1))).toBe('INVALID')
    await state.transaction(async () => expect(await codeOf(other.transaction(() => 1))).toBe('INVALID'))
    await tx.task.create({ id: 'b' })
  })
  await running
  expect(await state.task.get('late')).toBeDefined()
  expect(await other.task.get('b')).toBeDefined()
  await Promise.all([state.close(), other.close()])
})

test('a transaction that never ends is ended by its time or its signal, and its calls then say so', async () => {
  const { state } = await openTiny()
  const never = new Promise<never>(() => {})
  expect(await codeOf(state.transaction(() => never, { timeoutMs: 1 }))).toBe('TIMEOUT')
  const controller = new AbortController()
  let end: () => void = () => undefined
  const late = new Promise<string>((resolve) => {
    const running = state.transaction(
      async (tx) => {
        await tx.task.create({ id: 'a' })
        controller.abort()
        await new Promise<void>((go) => {
          end = go
        })
        resolve(await codeOf(tx.task.create({ id: 'b' })))
      },
      { signal: controller.signal },
    )
    running.catch(() => end())
  })
  expect(await late).toBe('CLOSED')
  expect((await state.stats()).lastSeq).toBe(0)
  await state.close()
})

test('who writes, and how safely, is said of the whole; with a txid it is written once', async () => {
  const { state, storage } = await openTiny()
  const work = () =>
    state.transaction(async (tx) => tx.task.create({ id: 'a', n: 1 }).catch(() => undefined), {
      actor: 'me',
      txid: 'once',
      durability: 'commit',
    })
  await work()
  await work()
  const [commit] = await rawLog(storage)
  expect(JSON.parse(commit ?? '')).toMatchObject({ actor: 'me', txid: 'once' })
  expect((await state.stats()).lastSeq).toBe(1)
  await state.close()
})

test('records that are not in memory are read from the log, inside and at the commit', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany(Array.from({ length: 20 }, (_, n) => ({ id: `t${n}`, n })))
  let runs = 0
  await state.transaction(async (tx) => {
    runs++
    const found = await tx.task.where({ n: { gte: 10 } }).all()
    if (runs === 1) await state.task.update('t15', { title: 'other' })
    for (const { id, n = 0 } of found) await tx.task.update(id, { n: n + 100 })
    expect(await tx.task.where({ n: { gte: 100 } }).count()).toBe(10)
  })
  expect(runs).toBe(2)
  expect(await state.task.where({ n: { gte: 100 } }).count()).toBe(10)
  await state.close()
})

test('a record that a transaction writes several times gets one rev, and every answer tells it', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  const revs = await state.transaction(async (tx) => {
    const first = await tx.task.update('a', { n: 2 })
    const second = await tx.task.update('a', { n: 3 }, { expectedRev: first.rev })
    const third = await tx.task.update('a', { n: 4 }, { expectedRev: second.rev })
    await tx.task.create({ id: 'b' })
    const { rev } = await tx.task.update('b', { n: 1 })
    return [first.rev, second.rev, third.rev, (await tx.task.get('a'))?.rev, (await tx.task.delete('a')).rev, rev]
  })
  expect(revs).toEqual([2, 2, 2, 2, 2, 1])
  expect(await state.task.get('b')).toMatchObject({ rev: 1, n: 1 })
  await state.close()
})
