import { hasCode, type StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { collections } from '../src/collections.ts'
import { FakeEndpoint } from './fake-endpoint.ts'
import { domain } from './task-domain.ts'

const task: StoredRecord = {
  id: 't1',
  rev: 1,
  created_at: 'c',
  updated_at: 'u',
  title: 'x',
  status: 'draft',
  labels: [],
}
const signal = new AbortController().signal
const wait = { signal, timeoutMs: 5 }
const write = { durability: 'commit', actor: 'ann', txid: 'x1' } as const
const guard = { force: true, reason: 'because', cascade: true } as const

describe('each call is one message', () => {
  const endpoint = new FakeEndpoint()
  const { task: tasks } = collections(endpoint, domain)
  const all = { ...write, ...guard, expectedRev: 3 }

  test.each<[string, () => Promise<unknown>, object, object | undefined]>([
    ['create', () => tasks.create({ title: 'x' }), { type: 'task', data: { title: 'x' } }, undefined],
    [
      'create',
      () => tasks.create({ title: 'x' }, { ...write, ...wait }),
      { type: 'task', data: { title: 'x' }, ...write },
      wait,
    ],
    ['get', () => tasks.get('t1', wait), { type: 'task', id: 't1' }, wait],
    [
      'update',
      () => tasks.update('t1', { title: 'y' }),
      { type: 'task', id: 't1', changes: { title: 'y' } },
      undefined,
    ],
    [
      'update',
      () => tasks.update('t1', { title: 'y' }, { ...all, ...wait, unset: ['note'] }),
      { type: 'task', id: 't1', changes: { title: 'y' }, unset: ['note'], ...all },
      wait,
    ],
    ['delete', () => tasks.delete('t1', { ...all, ...wait }), { type: 'task', id: 't1', ...all }, wait],
    ['restore', () => tasks.restore('t1', { ...write, ...wait }), { type: 'task', id: 't1', ...write }, wait],
    [
      'createMany',
      () => tasks.createMany([{ title: 'x' }], { ...write, ...wait }),
      { type: 'task', rows: [{ title: 'x' }], ...write },
      wait,
    ],
    [
      'updateMany',
      () =>
        tasks.updateMany([{ id: 't1', changes: { title: 'y' }, unset: ['note'], expectedRev: 1 }], {
          ...write,
          ...guard,
          ...wait,
        }),
      {
        type: 'task',
        updates: [{ id: 't1', changes: { title: 'y' }, unset: ['note'], expectedRev: 1 }],
        ...write,
        ...guard,
      },
      wait,
    ],
    [
      'deleteMany',
      () => tasks.deleteMany(['t1'], { ...write, ...guard, ...wait }),
      { type: 'task', ids: ['t1'], ...write, ...guard },
      wait,
    ],
  ])('%s', async (kind, call, body, options) => {
    await call()
    const asked = endpoint.asked.at(-1)
    expect(asked).toMatchObject({ kind })
    expect(asked?.body).toStrictEqual(body)
    if (options === undefined) expect(asked?.options).toBeUndefined()
    else expect(asked?.options).toMatchObject(options)
  })

  test('options cannot take the place of what the call is about', async () => {
    const sly = { type: 'person', id: 'p1', changes: {}, data: {} }
    await tasks.update('t1', { title: 'y' }, sly as object)
    expect(endpoint.asked.at(-1)?.body).toMatchObject({ type: 'task', id: 't1', changes: { title: 'y' } })
  })
})

describe('queries', () => {
  test('start from where, or from the collection itself', async () => {
    const endpoint = new FakeEndpoint(({ kind }) =>
      kind === 'count' ? 2 : kind === 'groupBy' ? [] : { rows: [task], seq: 1 },
    )
    const { task: tasks } = collections(endpoint, domain)
    expect(await tasks.where({ status: 'draft' }).orderBy('title').limit(3).all(wait)).toEqual([task])
    expect(await tasks.where().first()).toEqual(task)
    expect(await tasks.count()).toBe(2)
    expect(await tasks.where({ labels: { contains: 'x' } }).groupBy('status', wait)).toEqual([])
    await tasks.orderBy('updated_at', 'desc').explain()
    for await (const row of tasks.limit(1).stream()) expect(row).toEqual(task)
    expect(endpoint.asked.map(({ kind, body }) => [kind, body])).toEqual([
      ['query', { type: 'task', where: { status: 'draft' }, orderBy: [['title', 'asc']], limit: 3 }],
      ['query', { type: 'task', where: {}, limit: 1 }],
      ['count', { type: 'task' }],
      ['groupBy', { query: { type: 'task', where: { labels: { contains: 'x' } } }, field: 'status' }],
      ['explain', { type: 'task', orderBy: [['updated_at', 'desc']] }],
      ['query', { type: 'task', limit: 1 }],
    ])
    expect(endpoint.asked[0]?.options).toBe(wait)
    expect(endpoint.asked[3]?.options).toBe(wait)
  })
})

test('a filter that was forgotten is not everything', () => {
  const { task: tasks } = collections(new FakeEndpoint(), domain)
  // @ts-expect-error what TypeScript refuses, JavaScript may still pass
  expect(() => tasks.where(undefined)).toThrow('found undefined')
})

describe('order', () => {
  test('calls without await reach the endpoint before they return, in their order', () => {
    const endpoint = new FakeEndpoint()
    const { task: tasks, person } = collections(endpoint, domain)
    void tasks.create({ title: 'x' })
    void person.create({ id: 'p1', name: 'Ann' })
    void tasks.get('t1')
    void tasks.where({ status: 'draft' }).all()
    void tasks.update('t1', { title: 'y' })
    void tasks.count()
    void tasks.getMany(['t1'])
    void person.deleteMany(['p1'])
    expect(endpoint.asked.map(({ kind }) => kind)).toEqual([
      ...['create', 'create', 'get', 'query', 'update', 'count', 'getMany', 'deleteMany'],
    ])
  })
})

describe('answers', () => {
  test('absence is undefined, whether the endpoint says so or null', async () => {
    for (const absent of [null, undefined]) {
      const { task: tasks } = collections(
        new FakeEndpoint(({ kind }) => (kind === 'get' ? absent : [task, absent])),
        domain,
      )
      expect(await tasks.get('t1')).toBeUndefined()
      expect(await tasks.getMany(['t1', 't2'])).toStrictEqual([task, undefined])
    }
  })

  test('in one process the endpoint promises themselves come back', () => {
    const endpoint = new FakeEndpoint()
    const { task: tasks } = collections(endpoint, domain, { inProcess: true })
    const given = [
      ...[
        tasks.get('t1'),
        tasks.getMany(['t1']),
        tasks.create({ title: 'x' }),
        tasks.update('t1', {}),
        tasks.delete('t1'),
      ],
      ...[
        tasks.restore('t1'),
        tasks.createMany([]),
        tasks.updateMany([]),
        tasks.deleteMany([]),
        tasks.count(),
        tasks.explain(),
      ],
    ]
    expect(given.every((promise, at) => promise === endpoint.answers[at])).toBe(true)
  })

  test('a refusal comes through as it is', async () => {
    const endpoint = new FakeEndpoint(() => {
      throw Object.assign(new Error('no'), { code: 'CONFLICT', details: { currentRev: 4 } })
    })
    const { task: tasks } = collections(endpoint, domain)
    for (const call of [tasks.get('t1'), tasks.update('t1', {}), tasks.where({}).all(), tasks.history('t1').next()]) {
      const error = await call.catch((reason: unknown) => reason)
      expect(hasCode(error, 'CONFLICT') && error.details.currentRev).toBe(4)
    }
  })
})

describe('history', () => {
  const version = (seq: number) => ({
    seq,
    timestamp: 't',
    change: { op: 'put' as const, type: 'task', id: 't1', rev: seq, data: {} },
    record: task,
  })

  test('asks for its pages as they are needed', async () => {
    const pages = [
      { versions: [version(1), version(4)], next: 5 },
      { versions: [], next: 9 },
      { versions: [version(9)] },
    ]
    const endpoint = new FakeEndpoint(() => pages[endpoint.asked.length - 1])
    const history = collections(endpoint, domain).task.history('t1', wait)
    expect(endpoint.asked).toEqual([])
    const seqs: number[] = []
    for await (const { seq, record } of history) {
      seqs.push(seq)
      expect(record?.title).toBe('x')
      expect(endpoint.asked).toHaveLength(seq < 9 ? 1 : 3)
    }
    expect(seqs).toEqual([1, 4, 9])
    expect(endpoint.asked.map(({ body }) => body)).toStrictEqual([
      { type: 'task', id: 't1' },
      { type: 'task', id: 't1', from: 5 },
      { type: 'task', id: 't1', from: 9 },
    ])
    expect(endpoint.asked.every(({ options }) => options === wait)).toBe(true)
  })
})

describe('options of the client', () => {
  test('its actor writes where a call names none', async () => {
    const endpoint = new FakeEndpoint()
    const { task: tasks } = collections(endpoint, domain, { actor: 'worker-1' })
    await tasks.create({ title: 'x' })
    await tasks.update('t1', {}, { actor: 'ann', timeoutMs: 1 })
    await tasks.deleteMany(['t1'], { txid: 'x' })
    expect(endpoint.asked.map(({ body }) => body)).toStrictEqual([
      { type: 'task', data: { title: 'x' }, actor: 'worker-1' },
      { type: 'task', id: 't1', changes: {}, actor: 'ann' },
      { type: 'task', ids: ['t1'], txid: 'x', actor: 'worker-1' },
    ])
  })

  test('collections are the types of the domain, no more and no less', () => {
    const all = collections(new FakeEndpoint(), domain)
    expect(Object.keys(all)).toEqual(['task', 'person'])
    expect(Object.isFrozen(all)).toBe(true)
  })
})
