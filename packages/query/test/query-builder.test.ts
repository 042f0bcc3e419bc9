import { type AskOptions, hasCode, limits, type Query, type QueryAnswer } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { and, contains, eq, exists, gt, gte, isIn, lt, lte, ne, not, or, prefix } from '../src/building/conditions.ts'
import { QueryBuilder } from '../src/building/query-builder.ts'
import type { QueryRunner } from '../src/building/query-runner.ts'

interface Task {
  readonly id: string
  readonly status: 'draft' | 'running'
  readonly order: number
  readonly labels: readonly string[]
  readonly note?: string
}

interface Asked {
  readonly kind: string
  readonly query: Query
  readonly options: AskOptions | undefined
  readonly field?: string
}

/** Of what has a test of its own. */
const never = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('not asked here')) }) }

/** Answers each query with the next page; remembers what was asked. */
function recorder(pages: readonly Partial<QueryAnswer>[] = [{}]): {
  readonly asked: Asked[]
  readonly tasks: QueryBuilder<Task>
} {
  const asked: Asked[] = []
  const answers = [...pages]
  const runner: QueryRunner = {
    async query(query, options) {
      asked.push({ kind: 'query', query, options })
      return { rows: [], seq: 1, ...answers.shift() }
    },
    async count(query, options) {
      asked.push({ kind: 'count', query, options })
      return 3
    },
    async groupBy(query, field, options) {
      asked.push({ kind: 'groupBy', query, options, field })
      return [{ value: 'draft', count: 2 }]
    },
    async aggregate({ query, ...rest }, options) {
      asked.push({ kind: 'aggregate', query, options, ...rest })
      return rest.by === undefined
        ? [{ measures: { n: 3 } }]
        : [{ measures: { n: 1 } }, { value: 'draft', measures: { n: 2 } }]
    },
    async *live(query) {
      asked.push({ kind: 'live', query, options: undefined })
      yield { kind: 'rows', seq: 1, rows: [] }
    },
    liveRelated: () => never,
    liveAggregate: () => never,
    async explain(query, options) {
      asked.push({ kind: 'explain', query, options })
      return { plan: { kind: 'empty' }, order: 'none', estimatedRows: 0, records: 0 }
    },
  }
  return { asked, tasks: new QueryBuilder<Task>(runner, { type: 'task' }) }
}

const row = (id: string) => ({ id, rev: 1, created_at: '', updated_at: '' })

test('measures are asked of all that match, in no order, and answered by their names', async () => {
  const { asked, tasks } = recorder()
  const query = tasks.where({ status: 'draft' }).orderBy('order').limit(5)
  const measures = { n: { count: true }, last: { max: 'order' } } as const
  expect(await query.aggregate(measures, { timeoutMs: 5 })).toEqual({ n: 3 })
  expect(await query.aggregateBy('status', measures)).toEqual([{ n: 1 }, { value: 'draft', n: 2 }])
  const plain = { type: 'task', where: { status: 'draft' } }
  expect(asked).toEqual([
    { kind: 'aggregate', query: plain, measures, options: { timeoutMs: 5 } },
    { kind: 'aggregate', query: plain, measures, by: 'status', options: undefined },
  ])
})

describe('the JSON', () => {
  const { tasks } = recorder()

  test('of a query put together step by step', () => {
    const query = tasks
      .where({ status: 'draft' })
      .where({ order: { gte: 2 } })
      .orderBy('order', 'desc')
      .orderBy('id')
      .limit(5)
      .limit(9)
    expect(JSON.parse(JSON.stringify(query))).toEqual({
      type: 'task',
      where: { status: 'draft', order: { gte: 2 } },
      orderBy: [
        ['order', 'desc'],
        ['id', 'asc'],
      ],
      limit: 9,
    })
  })

  test('filters on one field are joined, not overwritten', () => {
    const twice = tasks.where({ status: 'draft' }).where({ status: 'running' })
    expect(twice.toJSON().where).toEqual({ and: [{ status: 'draft' }, { status: 'running' }] })
    expect(twice.where({ status: { ne: 'draft' } }).toJSON().where).toEqual({
      and: [{ status: 'draft' }, { status: 'running' }],
      status: { ne: 'draft' },
    })
    expect(twice.where({ order: 1 }).where({ order: 2 }).toJSON().where).toEqual({
      and: [{ and: [{ status: 'draft' }, { status: 'running' }], order: 1 }, { order: 2 }],
    })
    expect(twice.where({ and: [{ order: 1 }] }).toJSON().where).toEqual({
      and: [{ status: 'draft' }, { status: 'running' }, { and: [{ order: 1 }] }],
    })
    expect(
      tasks
        .where({ or: [{ order: 1 }] })
        .where({ or: [{ order: 2 }] })
        .toJSON().where,
    ).toEqual({
      and: [{ or: [{ order: 1 }] }, { or: [{ order: 2 }] }],
    })
    expect(tasks.where({}).where({ order: 1 }).toJSON().where).toEqual({ order: 1 })
  })

  test('builders do not change, nor does what they were made of', () => {
    const filter = { labels: { contains: 'x' }, status: { in: ['draft' as const] } }
    const base = tasks.where(filter)
    base.where({ order: 1 })
    base.orderBy('order')
    base.limit(1)
    filter.status.in.pop()
    expect(base.toJSON()).toEqual({ type: 'task', where: { labels: { contains: 'x' }, status: { in: ['draft'] } } })
  })

  test('the functions make the same', () => {
    const filter = and(
      eq('status', 'draft'),
      ne('order', 1),
      isIn('status', ['draft']),
      or(lt('order', 1), lte('order', 2), gt('order', 3), gte('order', 4)),
      not(contains('labels', 'x')),
      prefix('note', 'a'),
      exists('note'),
      exists('note', false),
    )
    expect(tasks.where(filter).toJSON().where).toEqual({
      and: [
        { status: { eq: 'draft' } },
        { order: { ne: 1 } },
        { status: { in: ['draft'] } },
        { or: [{ order: { lt: 1 } }, { order: { lte: 2 } }, { order: { gt: 3 } }, { order: { gte: 4 } }] },
        { not: { labels: { contains: 'x' } } },
        { note: { prefix: 'a' } },
        { note: { exists: true } },
        { note: { exists: false } },
      ],
    })
  })

  test.each<[string, unknown]>([
    ['undefined', { status: undefined }],
    ['undefined within', { or: [{ order: { gte: undefined } }] }],
    ['NaN', { order: { gt: Number.NaN } }],
  ])('%s would be lost on a wire: INVALID at once', (_, filter) => {
    expect(() => tasks.where(filter as object)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })

  test('a filter without end', () => {
    const circle: { not?: object } = {}
    circle.not = circle
    expect(() => tasks.where(circle)).toThrow('nests without end')
  })
})

describe('what is asked', () => {
  const options: AskOptions = { timeoutMs: 5, signal: new AbortController().signal }
  const where = { status: 'draft' }
  const full: Query = { type: 'task', where, orderBy: [['order', 'asc']], limit: 7 }

  test('each call is one message, sent before the call returns', async () => {
    const { asked, tasks } = recorder([
      { rows: [row('a')] },
      {},
      { rows: [row('a')] },
      { rows: [row('b')], cursor: 'c' },
      {},
    ])
    const builder = tasks.where({ status: 'draft' }).orderBy('order').limit(7)
    const answers = [
      builder.all(options),
      builder.first(options),
      builder.first(options),
      builder.page(undefined, options),
      builder.page('c', options),
      builder.count(options),
      builder.groupBy('status', options),
      builder.explain(options),
    ]
    expect(asked).toEqual([
      { kind: 'query', query: full, options },
      { kind: 'query', query: { ...full, limit: 1 }, options },
      { kind: 'query', query: { ...full, limit: 1 }, options },
      { kind: 'query', query: full, options },
      { kind: 'query', query: { ...full, cursor: 'c' }, options },
      { kind: 'count', query: { type: 'task', where }, options },
      { kind: 'groupBy', query: { type: 'task', where }, options, field: 'status' },
      { kind: 'explain', query: full, options },
    ])
    expect(await Promise.all(answers)).toEqual([
      [row('a')],
      undefined,
      row('a'),
      { rows: [row('b')], cursor: 'c' },
      { rows: [] },
      3,
      [{ value: 'draft', count: 2 }],
      expect.objectContaining({ order: 'none' }),
    ])
  })

  test('a page without a limit has the usual size, all rows have none', async () => {
    const { asked, tasks } = recorder()
    await tasks.page()
    await tasks.all()
    expect(asked.map(({ query }) => query.limit)).toEqual([limits.pageRows, undefined])
  })
})

describe('stream', () => {
  const rowsOf = (from: number, count: number) => Array.from({ length: count }, (_, at) => row(String(from + at)))

  test('asks for the next page when the rows of the last one are used up, and for longer ones in time', async () => {
    const pages = [
      { rows: rowsOf(0, 100), cursor: 'one' },
      { rows: rowsOf(100, 200), cursor: 'two' },
      { rows: rowsOf(300, 5) },
    ]
    const { asked, tasks } = recorder(pages)
    const seen: string[] = []
    for await (const { id } of tasks.where({ order: 1 }).stream({ timeoutMs: 9 })) {
      seen.push(id)
      expect(asked).toHaveLength(seen.length <= 100 ? 1 : seen.length <= 300 ? 2 : 3)
    }
    expect(seen).toEqual(rowsOf(0, 305).map(({ id }) => id))
    expect(asked.map(({ query }) => [query.limit, query.cursor])).toEqual([
      [100, undefined],
      [200, 'one'],
      [400, 'two'],
    ])
    expect(asked.every(({ options }) => options?.timeoutMs === 9)).toBe(true)
  })

  test('stops at the limit and asks for no row beyond it', async () => {
    const { asked, tasks } = recorder([
      { rows: rowsOf(0, 100), cursor: 'one' },
      { rows: rowsOf(100, 50), cursor: 'two' },
    ])
    const seen = []
    for await (const { id } of tasks.limit(150).stream()) seen.push(id)
    expect(seen).toHaveLength(150)
    expect(asked.map(({ query }) => query.limit)).toEqual([100, 50])
  })

  test('asks nothing before it is read, and nothing more once its reader has left', async () => {
    const { asked, tasks } = recorder([{ rows: rowsOf(0, 2), cursor: 'one' }])
    const stream = tasks.stream()
    expect(asked).toEqual([])
    for await (const _ of stream) break
    expect(asked).toHaveLength(1)
  })

  test('fails as its query fails', async () => {
    const { tasks } = recorder()
    const failing = new QueryBuilder<Task>(
      { ...({} as QueryRunner), query: () => Promise.reject(Object.assign(new Error('x'), { code: 'BUSY' })) },
      tasks.toJSON(),
    )
    const error = await failing
      .stream()
      .next()
      .catch((reason: unknown) => reason)
    expect(hasCode(error, 'BUSY')).toBe(true)
  })
})
