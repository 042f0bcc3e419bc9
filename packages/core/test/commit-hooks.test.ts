import {
  type CommitHooks,
  type DurableCommit,
  type ProposedCommit,
  StatewardError,
  type StoreEvent,
  type Violation,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { pipelinedStorage } from './pipelined-storage.ts'
import { rawLog } from './raw-log.ts'
import { turns } from './turns.ts'

/** A store with these hooks, and what it told. */
async function hooked(hooks: CommitHooks): Promise<{ state: TinyState; events: StoreEvent[] }> {
  const events: StoreEvent[] = []
  const { state } = await openTiny({ storage: pipelinedStorage(), hooks, onEvent: (event) => void events.push(event) })
  return { state, events }
}

const tooMany: Violation = { code: 'RESTRICTED', message: 'no more than that', details: { most: 3 } }

test('beforeCommit sees both sides of each change, and afterCommit the same with its seq, in order', async () => {
  const proposed: ProposedCommit[] = []
  const durable: DurableCommit[] = []
  const { state } = await hooked({
    beforeCommit: (commit) => void proposed.push(commit),
    afterCommit: (commit) => durable.push(commit),
  })
  const a = await state.task.create({ id: 'a', n: 1 }, { actor: 'me', txid: 'x' })
  await state.transact([
    { op: 'update', type: 'task', id: 'a', changes: { n: 2 } },
    { op: 'create', type: 'task', data: { id: 'b' } },
  ])
  const b = await state.task.get('b')
  await Promise.all([state.task.delete('b'), state.task.delete('a'), state.task.update('a', {}).catch(() => undefined)])
  expect(proposed).toMatchObject([
    { actor: 'me', txid: 'x', changes: [{ type: 'task', id: 'a', rev: 1, before: undefined, after: a }] },
    {
      changes: [
        { id: 'a', rev: 2, before: a, after: { n: 2 } },
        { id: 'b', rev: 1, before: undefined, after: b },
      ],
    },
    { changes: [{ id: 'b', rev: 2, before: b, after: undefined }] },
    { changes: [{ id: 'a', rev: 3, before: { n: 2 }, after: undefined }] },
  ])
  expect(durable).toEqual(proposed.map((commit, at) => ({ ...commit, seq: at + 1 })))
  expect([durable[0], durable[0]?.changes, durable[0]?.changes[0]].every((one) => Object.isFrozen(one))).toBe(true)
  await state.close()
})

const vetoes: readonly [string, () => unknown, code: string][] = [
  ['a violation', () => tooMany, 'RESTRICTED'],
  [
    'an error with a code that is thrown',
    () => {
      throw new StatewardError('CONFLICT', 'no')
    },
    'CONFLICT',
  ],
  [
    'an error of another copy of the package',
    () => {
      throw Object.assign(new Error('no'), { code: 'FULL', retryable: true })
    },
    'FULL',
  ],
  [
    'any other error',
    () => {
      throw new TypeError('a defect')
    },
    'INVALID',
  ],
  [
    'a code that there is not',
    () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT' })
    },
    'INVALID',
  ],
  [
    'nothing that is thrown',
    () => {
      throw undefined
    },
    'INVALID',
  ],
  [
    'an object whose code cannot be read',
    () => ({
      get code() {
        throw new Error('never')
      },
      message: '',
    }),
    'INVALID',
  ],
  ['yes', () => true, 'INVALID'],
  ['no', () => false, 'INVALID'],
  ['null', () => null, 'INVALID'],
  ['a promise', async () => undefined, 'INVALID'],
  [
    'a promise that rejects',
    async () => {
      throw new Error('late')
    },
    'INVALID',
  ],
  ['a promise that never settles', () => new Promise(() => {}), 'INVALID'],
]

test.each(vetoes)(
  '%s from beforeCommit refuses the commit with a code, and the store goes on',
  async (_, answer, code) => {
    let isOpen = false
    const beforeCommit = (() => (isOpen ? undefined : answer())) as NonNullable<CommitHooks['beforeCommit']>
    const { state } = await hooked({ beforeCommit })
    await expect(state.task.create({ id: 'a' })).rejects.toMatchObject({ code, details: { hook: 'beforeCommit' } })
    let runs = 0
    const within = state.transaction(async (tx) => {
      runs++
      await tx.task.create({ id: 'b' })
    })
    expect(await codeOf(within)).toBe(code)
    expect(runs).toBe(1)
    isOpen = true
    await state.task.create({ id: 'c' })
    expect((await state.task.where().all()).map(({ id }) => id)).toEqual(['c'])
    expect((await state.stats()).lastSeq).toBe(1)
    await state.close()
  },
)

test('a veto of one commit of a bulk write refuses all of it; what a write on top of it rested on is gone too', async () => {
  const { state } = await hooked({
    beforeCommit: ({ changes }) => (changes.some(({ id }) => id === 't2999') ? tooMany : undefined),
  })
  const rows = Array.from({ length: 3_000 }, (_, n) => ({ id: `t${n}`, n }))
  const bulk = state.task.createMany(rows)
  const behind = state.task.update('t0', { n: 7 })
  await expect(bulk).rejects.toMatchObject({ code: 'RESTRICTED', details: { most: 3, hook: 'beforeCommit' } })
  expect(await codeOf(behind)).toBe('NOT_FOUND')
  expect(await state.stats()).toMatchObject({ lastSeq: 0, records: 0 })
  await state.close()
})

test('what beforeCommit asks of the store itself has an answer, and none of it holds up the actor', async () => {
  const asked: Promise<string>[] = []
  let seen: unknown
  let isFirst = true
  const beforeCommit = (): undefined => {
    if (!isFirst) return
    isFirst = false
    seen = state.view.task.get('a')?.n
    for (const call of [
      () => state.task.create({ id: 'within' }),
      () => state.transaction((tx) => tx.task.create({ id: 'within' })),
      () => state.transact([]),
      () => state.undo(1),
      () => state.flush(),
      () => state.compact(),
      () => state.task.get('a'),
      () => state.snapshot().then((snapshot) => snapshot.close()),
    ])
      asked.push(codeOf(call()))
  }
  const { state } = await openTiny({ hooks: { beforeCommit } })
  isFirst = false
  await state.task.create({ id: 'a', n: 1 })
  isFirst = true
  await state.task.update('a', { n: 2 })
  expect(await Promise.all(asked)).toEqual([...Array.from({ length: 6 }, () => 'INVALID'), 'none', 'none'])
  expect(seen).toBe(1)
  expect((await state.stats()).lastSeq).toBe(2)
  await state.close()
})

test.each(['beforeCommit', 'afterCommit'] as const)('a close from within %s closes', async (hook) => {
  let closing: Promise<void> | undefined
  const close = (): undefined => {
    closing ??= state.close()
  }
  const { state } = await openTiny({ hooks: { [hook]: close } })
  const first = await codeOf(state.task.create({ id: 'a' }))
  await closing
  expect(first).toBe('none')
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('CLOSED')
})

test('whatever afterCommit does, writes succeed, and what goes wrong is told', async () => {
  const wrongs: readonly (() => unknown)[] = [
    () => {
      throw new Error('thrown')
    },
    async () => {
      throw new StatewardError('FULL', 'rejected')
    },
    () => new Promise(() => {}),
    () => {
      throw undefined
    },
    () => true,
  ]
  let at = 0
  const { state, events } = await hooked({ afterCommit: () => wrongs[at++]?.() })
  for (const n of wrongs.keys()) await state.task.create({ id: `t${n}`, n })
  await turns(2)
  const base = { kind: 'hook', hook: 'afterCommit' }
  expect(events).toEqual([
    { ...base, seq: 1, code: 'INVALID', message: 'thrown' },
    { ...base, seq: 2, code: 'FULL', message: 'rejected' },
    { ...base, seq: 4, code: 'INVALID', message: expect.any(String) },
  ])
  expect((await state.stats()).records).toBe(wrongs.length)
  await state.close()
})

test('afterCommit sees what it hears of, and may write', async () => {
  const seen: unknown[] = []
  const { state } = await hooked({
    afterCommit: async ({ changes: [change] }) => {
      seen.push(await state.task.get(change?.id ?? ''))
      if (change?.id === 'a') await state.task.create({ id: 'b' })
    },
  })
  const a = await state.task.create({ id: 'a' })
  await turns(50)
  expect(seen).toEqual([a, await state.task.get('b')])
  await state.close()
})

test('what did not become durable is judged, and nobody hears that it is durable; the positions of cursors are not shown', async () => {
  const proposed: ProposedCommit[] = []
  const durable: number[] = []
  const hooks: CommitHooks = {
    beforeCommit: (commit) => void proposed.push(commit),
    afterCommit: ({ seq }) => durable.push(seq),
  }
  const full = new StatewardError('FULL', 'no room')
  const { state } = await openTiny({
    storage: faultyStorage({ fates: ['ok', { fails: full }], unknown: 'stop' }),
    hooks,
  })
  await state.task.create({ id: 'a' })
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('FULL')
  await state.task.create({ id: 'c' })
  await state.cursor('mailer')
  await turns(2)
  expect(proposed).toHaveLength(3)
  expect(durable).toEqual([1, 2])
  await state.close()
})

test('an opening tells nothing of what it finds', async () => {
  const storage = memoryStorage()
  const first = await openTiny({ storage })
  await first.state.task.create({ id: 'a' })
  await first.state.close()
  let told = 0
  const hooks = { beforeCommit: () => void told++, afterCommit: () => void told++ }
  const { state } = await openTiny({ storage, hooks })
  await state.task.create({ id: 'a' })
  expect(told).toBe(0)
  expect(await rawLog(storage)).toHaveLength(1)
  await state.close()
})

test.each([1, null, { beforeCommit: 1 }, { afterCommit: {} }, { onCommit: () => undefined }])(
  '%j are no hooks',
  async (hooks) => {
    expect(await codeOf(openTiny({ hooks: hooks as never }))).toBe('INVALID')
  },
)
