import type { MessageKind, Protocol } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { collections } from '../src/collections.ts'
import { readOnly } from '../src/read-only.ts'
import { FakeEndpoint } from './fake-endpoint.ts'
import { domain } from './task-domain.ts'

const options = { timeoutMs: 5 }

describe('reads are those of the snapshot', () => {
  const asks: { readonly [K in MessageKind]?: Protocol[K]['ask'] } = {
    get: { type: 'task', id: 't1' },
    getMany: { type: 'task', ids: ['t1'] },
    query: { type: 'task', where: { status: 'x' } },
    count: { type: 'task' },
    explain: { type: 'task', limit: 5 },
  }

  test.each(Object.entries(asks))('%s', async (kind, body) => {
    const endpoint = new FakeEndpoint(() => 'answer')
    const given = readOnly(endpoint, 'snap').ask(kind as MessageKind, body as never, options)
    expect(endpoint.asked).toEqual([{ kind, body: { ...body, snapshot: 'snap' }, options }])
    expect(await given).toBe('answer')
    await readOnly(endpoint, 'snap').ask(kind as MessageKind, { ...body, snapshot: 'other' } as never)
    expect(endpoint.asked[1]?.body).toMatchObject({ snapshot: 'snap' })
  })

  test('groupBy', async () => {
    const endpoint = new FakeEndpoint()
    await readOnly(endpoint, 'snap').ask('groupBy', { query: { type: 'task', where: {} }, field: 'status' }, options)
    expect(endpoint.asked).toEqual([
      { kind: 'groupBy', body: { query: { type: 'task', where: {}, snapshot: 'snap' }, field: 'status' }, options },
    ])
  })

  test('aggregate', async () => {
    const endpoint = new FakeEndpoint()
    const measures = { n: { count: true } } as const
    await readOnly(endpoint, 'snap').ask('aggregate', { query: { type: 'task' }, by: 'status', measures }, options)
    const body = { query: { type: 'task', snapshot: 'snap' }, by: 'status', measures }
    expect(endpoint.asked).toEqual([{ kind: 'aggregate', body, options }])
  })

  test('through collections and every page of a stream', async () => {
    const endpoint = new FakeEndpoint(({ kind }) =>
      kind !== 'query'
        ? undefined
        : endpoint.asked.length < 3
          ? { rows: [], seq: 1, cursor: 'c' }
          : { rows: [], seq: 1 },
    )
    const { task } = collections(readOnly(endpoint, 'snap'), domain)
    await task.get('t1')
    for await (const _ of task.where({ status: 'draft' }).stream()) throw new Error('no rows')
    expect(endpoint.asked).toHaveLength(3)
    expect(
      endpoint.asked.every(({ body }) =>
        Object.entries(body as object).some(([key, value]) => key === 'snapshot' && value === 'snap'),
      ),
    ).toBe(true)
  })
})

test.each(['stats', 'verify', 'flush'] as const)('%s is of the store and passes', async (kind) => {
  const endpoint = new FakeEndpoint()
  await readOnly(endpoint, 'snap').ask(kind, {}, options)
  expect(endpoint.asked).toEqual([{ kind, body: {}, options }])
})

test.each([
  ...['create', 'update', 'delete', 'restore', 'createMany', 'updateMany', 'deleteMany', 'transact'],
  ...['history', 'snapshot', 'release', 'compact', 'toString', 'nothing of the kind'],
])('%s is UNSUPPORTED and reaches nobody', async (kind) => {
  const endpoint = new FakeEndpoint()
  const refused = readOnly(endpoint, 'snap').ask(kind as MessageKind, { type: 'task' } as never)
  await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED', details: { message: kind } })
  await expect(refused).rejects.toThrow(
    'a past state answers get, getMany, query, count, explain, groupBy, aggregate; found',
  )
  expect(endpoint.asked).toEqual([])
})

test('following is UNSUPPORTED', async () => {
  const iterator = readOnly(new FakeEndpoint(), 'snap').follow(1, new AbortController().signal)[Symbol.asyncIterator]()
  await expect(iterator.next()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})

test('closing releases the snapshot and leaves the endpoint open', async () => {
  const endpoint = new FakeEndpoint()
  await readOnly(endpoint, 'snap').close()
  expect(endpoint.asked).toEqual([{ kind: 'release', body: { snapshot: 'snap' }, options: undefined }])
  expect(endpoint.closed).toBe(0)
})
