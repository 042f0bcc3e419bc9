import { hasCode, type Query, type QueryAnswer, type StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { QueryBuilder } from '../src/building/query-builder.ts'
import type { QueryRunner } from '../src/building/query-runner.ts'

interface Task {
  readonly id: string
  readonly plan_id?: string
  readonly after: readonly string[]
}

interface Relations {
  readonly plan_id: { readonly id: string; readonly name: string } | undefined
  readonly after: readonly (Task | undefined)[]
}

const row = (id: string) => ({ id, rev: 1, created_at: '', updated_at: '' })

interface Recorder {
  readonly asked: Query[]
  readonly runner: QueryRunner
  readonly tasks: QueryBuilder<Task, Relations>
}

function recorder(answer: Partial<QueryAnswer>): Recorder {
  const asked: Query[] = []
  const refuse = () => Promise.reject(new Error('only queries are asked here'))
  const runner: QueryRunner = {
    query: async (query) => {
      asked.push(query)
      return { rows: [], seq: 1, ...answer }
    },
    count: refuse,
    groupBy: refuse,
    aggregate: refuse,
    explain: refuse,
    live: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    liveRelated: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    liveAggregate: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
  }
  return { asked, runner, tasks: new QueryBuilder<Task, Relations>(runner, { type: 'task' }) }
}

const answer = {
  rows: [row('a'), row('b')],
  related: {
    plan_id: { records: [row('p')], places: [0, -1] },
    after: { records: [row('a')], places: [[], [0, -1, 0]] },
  },
}

test('the references are asked for by name, and each row is given its own', async () => {
  const { asked, tasks } = recorder(answer)
  const query = tasks.where({ id: { gt: '0' } }).include('plan_id', 'after')
  expect(await query.all()).toEqual([
    { record: row('a'), related: { plan_id: row('p'), after: [] } },
    { record: row('b'), related: { plan_id: undefined, after: [row('a'), undefined, row('a')] } },
  ])
  expect(await query.first()).toEqual({ record: row('a'), related: { plan_id: row('p'), after: [] } })
  expect((await query.page('c')).rows).toHaveLength(2)
  const include = ['plan_id', 'after']
  const where = { id: { gt: '0' } }
  expect(asked).toEqual([
    { type: 'task', where, include },
    { type: 'task', where, include, limit: 1 },
    { type: 'task', where, include, limit: 100, cursor: 'c' },
  ])
  expect(query.toJSON()).toEqual({ type: 'task', where, include })
})

test('all that is known of rows comes along with them, and nothing that is not', async () => {
  const { asked, tasks } = recorder({ rows: [row('a')], seq: 7, cursor: 'next', degraded: true })
  const told = { cursor: 'next', degraded: true }
  expect(await tasks.limit(1).answer()).toStrictEqual({ rows: [row('a')], seq: 7, ...told })
  expect(await tasks.select('id').answer()).toStrictEqual({ rows: [{ id: 'a' }], seq: 7, ...told })
  expect(await tasks.page()).toStrictEqual({ rows: [row('a')], ...told })
  expect(asked).toEqual([{ type: 'task', limit: 1 }, { type: 'task' }, { type: 'task', limit: 100 }])
  expect(await recorder({ rows: [] }).tasks.answer()).toStrictEqual({ rows: [], seq: 1 })
})

test('an endpoint that gives rows alone is UNSUPPORTED, and never taken for rows that lead nowhere', async () => {
  const { tasks } = recorder({ rows: [row('a')] })
  const error = await tasks
    .include('plan_id')
    .all()
    .catch((reason: unknown) => reason)
  expect(hasCode(error, 'UNSUPPORTED')).toBe(true)
})

test('what is selected is a copy with these fields, and the query is asked as it is', async () => {
  const rows = [{ ...row('a'), after: ['b'] }, row('b'), row('c')]
  const { asked, tasks } = recorder({ rows, cursor: 'next' })
  const query = tasks.where({ id: { gt: '0' } }).select('id', 'after')
  const wanted = [{ id: 'a', after: ['b'] }, { id: 'b' }, { id: 'c' }]
  expect(await query.all()).toStrictEqual(wanted)
  expect(await query.first()).toStrictEqual(wanted[0])
  expect(await query.page()).toStrictEqual({ rows: wanted, cursor: 'next' })
  const where = { id: { gt: '0' } }
  expect(asked).toEqual([
    { type: 'task', where },
    { type: 'task', where, limit: 1 },
    { type: 'task', where, limit: 100 },
  ])
  expect(query.toJSON()).toEqual({ type: 'task', where })
  const untyped: QueryBuilder<StoredRecord> = new QueryBuilder(recorder({ rows }).runner, { type: 'task' })
  // What no record has of its own, no row has.
  expect(await untyped.select('none', 'toString', '__proto__', 'constructor').first()).toStrictEqual({})
})

test('streams of rows go on page by page, and end with the limit', async () => {
  const { asked, tasks } = recorder({ rows: [row('a')], cursor: 'next' })
  const streamed: unknown[] = []
  for await (const one of tasks.limit(3).select('id').stream()) streamed.push(one)
  expect(streamed).toStrictEqual([{ id: 'a' }, { id: 'a' }, { id: 'a' }])
  expect(asked.map(({ limit, cursor }) => [limit, cursor])).toEqual([
    [3, undefined],
    [2, 'next'],
    [1, 'next'],
  ])
})
