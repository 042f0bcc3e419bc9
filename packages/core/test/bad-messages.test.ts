import type { MessageKind, Query } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'
import { refused } from './refused.ts'

type Row = [kind: MessageKind, body: unknown, code?: string]

const a = { type: 'task', id: 'a' }
const wrong: readonly Row[] = [
  // What is no body at all.
  ...(
    [
      'get',
      'getMany',
      'query',
      'count',
      'groupBy',
      'explain',
      'history',
      'release',
      'create',
      'update',
      'transact',
    ] as const
  ).flatMap((kind): Row[] => [undefined, null, 'text', 7].map((body) => [kind, body])),
  ...(['stats', 'verify', 'flush', 'compact', 'snapshot'] as const).flatMap((kind): Row[] => [
    [kind, null],
    [kind, { tpye: 1 }],
  ]),
  // Mistyped keys must not be passed over.
  ['get', { ...a, snapshoot: 's1' }],
  ['getMany', { type: 'task', ids: [], id: 'a' }],
  ['history', { ...a, since: 1 }],
  ['groupBy', { query: { type: 'task' }, field: 'n', where: {} }],
  ['query', { type: 'task', wheer: {} }],
  ['count', { type: 'task', filter: {} }],
  ['release', { snapshto: 's1' }],
  ['create', { type: 'task', data: { id: 'x' }, txId: 't' }],
  ['create', { type: 'task', data: { id: 'x' }, force: true, reason: 'r' }],
  ['update', { ...a, changes: { n: 2 }, expectedrev: 1 }],
  ['update', { ...a, changes: { n: 2 }, timeoutMs: 5 }],
  ['delete', { ...a, cascde: true }],
  ['restore', { ...a, cascade: true }],
  ['createMany', { type: 'task', rows: [], actr: 'a' }],
  ['updateMany', { type: 'task', updates: [{ id: 'a', changes: {}, expectedrev: 1 }] }],
  ['updateMany', { type: 'task', updates: [], expectedRev: 1 }],
  ['deleteMany', { type: 'task', ids: ['a'], expectedRev: 1 }],
  ['transact', { operations: [], ops: [] }],
  ['transact', { operations: [{ op: 'create', type: 'task', data: { id: 'x' }, id: 'x' }] }],
  ['transact', { operations: [{ op: 'delete', ...a, changes: {} }] }],
  ['transact', { operations: [{ op: 'restore', ...a, expectedRev: 1 }] }],
  ['transact', { operations: [{ op: 'update', ...a, changes: {}, actor: 'x' }] }],
  ['transact', { operations: [{ op: 'upsert', ...a }] }],
  ['transact', { operations: [{ ...a }] }],
  ['transact', { operations: [null] }],
  // Values of the wrong kind.
  ['update', { ...a, changes: { n: 2 }, expectedRev: 0 }],
  ['update', { ...a, changes: { n: 2 }, expectedRev: 1.5 }],
  ['update', { ...a, changes: { n: 2 }, expectedRev: '1' }],
  ['update', { ...a, changes: { n: 2 }, expectedRev: null }],
  ['update', { ...a, changes: { n: 2 }, force: 'yes', reason: 'r' }],
  ['update', { ...a, changes: { n: 2 }, force: true }],
  ['update', { ...a, changes: { n: 2 }, force: true, reason: ' ' }],
  ['update', { ...a, changes: { n: 2 }, force: true, reason: 'r'.repeat(2_001) }, 'TOO_LARGE'],
  ['update', { ...a, changes: { n: 2 }, cascade: 1 }],
  ['update', { ...a, changes: { n: 2 }, unset: 'title' }],
  ['update', { ...a, changes: { n: 2 }, unset: ['n'] }],
  ['update', { ...a, changes: {}, unset: ['id'] }],
  ['update', { ...a, changes: {}, unset: ['updated_at'] }],
  ['update', { ...a, changes: {}, unset: [''] }],
  ['update', { ...a, changes: {}, unset: [7] }],
  ['update', { ...a, changes: {}, unset: new Array(1) }],
  ['update', { ...a, changes: { id: 'b' } }],
  ['update', { ...a, changes: { rev: 1 } }],
  ['update', { ...a, changes: { updated_at: 'yesterday' } }],
  ['update', { ...a, changes: { created_at: 7 } }],
  ['create', { type: 'task', data: { id: 'x', rev: 1 } }],
  ['create', { type: 'task', data: { id: 'x', created_at: '2026-02-30T00:00:00Z' } }],
  ['create', { type: 'task', data: { id: 'x', updated_at: null } }],
  ['create', { type: 'task', data: { id: 'x' }, actor: '' }],
  ['create', { type: 'task', data: { id: 'x' }, actor: 7 }],
  ['create', { type: 'task', data: { id: 'x' }, actor: 'x'.repeat(201) }, 'TOO_LARGE'],
  ['create', { type: 'task', data: { id: 'x' }, txid: '' }],
  ['create', { type: 'task', data: { id: 'x' }, txid: 'mine#0-100' }],
  ['create', { type: 'task', data: { id: 'x' }, txid: 'x'.repeat(201) }, 'TOO_LARGE'],
  ['create', { type: 'task', data: { id: 'x' }, durability: 'later' }],
  ['create', { type: 'task', data: { id: 'x' }, durability: 'toString' }],
  ['create', { type: 'task', data: { id: 'x' }, durability: 'none' }, 'UNSUPPORTED'],
  ['history', { ...a, from: -1 }],
  ['history', { ...a, from: 'begin' }],
  ['get', { ...a, snapshot: 'none' }, 'NOT_FOUND'],
  ['query', { type: 'task', snapshot: 'none' }, 'NOT_FOUND'],
  ['query', { type: 'task', where: { n: { near: 1 } } }],
  ['query', { type: 'task', where: { __proto__: null, constructor: 1 } }],
  ['query', { type: 'task', where: { n: Number.NaN } }],
  ['query', { type: 'task', where: { n: () => 1 } }],
  ['query', { type: 'task', limit: 0 }],
  ['groupBy', { query: { type: 'task' }, field: 'prototype' }],
  ['groupBy', { query: { type: 'task' }, field: 7 }],
]

describe('a message that is wrong in itself', () => {
  test.each(wrong)('%s %j', async (kind, body, code = 'INVALID') => {
    const store = await openTiny()
    await store.state.task.create({ id: 'a', n: 1, title: 'x' })
    await refused(store, code, () => store.state.ask(kind, body as never))
    await store.state.close()
  })
})

const everyType: readonly (readonly [MessageKind, (type: string) => object])[] = [
  ['create', (type) => ({ type, data: { id: 'a' } })],
  ['get', (type) => ({ type, id: 'a' })],
  ['getMany', (type) => ({ type, ids: ['a'] })],
  ['update', (type) => ({ type, id: 'a', changes: {} })],
  ['delete', (type) => ({ type, id: 'a' })],
  ['restore', (type) => ({ type, id: 'a' })],
  ['createMany', (type) => ({ type, rows: [{ id: 'a' }] })],
  ['updateMany', (type) => ({ type, updates: [{ id: 'a', changes: {} }] })],
  ['deleteMany', (type) => ({ type, ids: ['a'] })],
  ['transact', (type) => ({ operations: [{ op: 'delete', type, id: 'a' }] })],
  ['query', (type) => ({ type })],
  ['count', (type) => ({ type })],
  ['explain', (type) => ({ type })],
  ['groupBy', (type) => ({ query: { type }, field: 'n' })],
  ['history', (type) => ({ type, id: 'a' })],
]

test.each(everyType)('a type that there is not, in %s', async (kind, body) => {
  const store = await openTiny()
  for (const type of ['tsak', '', 'toString', '__proto__', 'tx', '$segment', 7, null, undefined, {}, ['task']]) {
    const { message } = await refused(store, 'INVALID', () => store.state.ask(kind, body(type as string) as never))
    expect(message).toContain('plan, task, link, note')
  }
  await refused(store, 'INVALID', () => store.state.ask(kind, body('tsak') as never)).then(({ message }) =>
    expect(message).toContain('did you mean task?'),
  )
  expect(Object.keys((await store.state.stats()).recordsByType)).toEqual(['plan', 'task', 'link', 'note'])
  await store.state.close()
})

test('four thousand wrong types leave the others as they were', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  for (let n = 0; n < 4_100; n++) await state.ask('query', { type: `t${n}` } as Query).catch(() => undefined)
  await state.note.create({ id: 'a', text: 'x' })
  expect(await state.task.get('a')).toMatchObject({ id: 'a', n: 1 })
  expect(Object.keys((await state.stats()).recordsByType)).toEqual(['plan', 'task', 'link', 'note'])
  await state.close()
})

test.each(['explode', '', 'toString', '__proto__', 'constructor', 7, undefined])(
  'a message that there is not: %s',
  async (kind) => {
    const store = await openTiny()
    await refused(store, 'UNSUPPORTED', () => store.state.ask(kind as MessageKind, {} as never))
    await store.state.close()
  },
)

test('options that are wrong', async () => {
  const store = await openTiny()
  const { state } = store
  await state.task.create({ id: 'a' })
  for (const options of [
    null,
    'soon',
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
    { timeoutMs: '5' },
    { signal: {} },
    { signal: 'x' },
    { signal: null },
  ]) {
    await refused(store, 'INVALID', () => state.ask('get', { type: 'task', id: 'a' }, options as never))
    await refused(store, 'INVALID', () => state.ask('create', { type: 'task', data: { id: 'b' } }, options as never))
  }
  await refused(store, 'INVALID', () => state.task.get('a', { timeout: 5 } as never))
  await refused(store, 'INVALID', () => state.task.create({ id: 'b' }, { timeout: 5 } as never))
  await state.close()
})

test('what follow cannot begin with', async () => {
  const { state } = await openTiny()
  const { signal } = new AbortController()
  for (const from of [-1, 0.5, '1', undefined, null])
    expect(() => state.follow(from as number, signal)).toThrow(/expected the start of following/)
  expect(() => state.follow(1, undefined as never)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  await state.close()
})
