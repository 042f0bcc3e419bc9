import { hasCode, type Query, type QueryAnswer } from '@stateward/contract'
import { expect, test } from 'vitest'
import { QueryBuilder } from '../src/query-builder.ts'
import type { QueryRunner } from '../src/query-runner.ts'

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

function recorder(answer: Partial<QueryAnswer>): { asked: Query[]; tasks: QueryBuilder<Task, Relations> } {
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
  }
  return { asked, tasks: new QueryBuilder<Task, Relations>(runner, { type: 'task' }) }
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

test('an endpoint that gives rows alone is UNSUPPORTED, and never taken for rows that lead nowhere', async () => {
  const { tasks } = recorder({ rows: [row('a')] })
  const error = await tasks
    .include('plan_id')
    .all()
    .catch((reason: unknown) => reason)
  expect(hasCode(error, 'UNSUPPORTED')).toBe(true)
})
