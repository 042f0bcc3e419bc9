import { expect, test } from 'vitest'
import { QueryBuilder } from '../src/building/query-builder.ts'
import type { AggregateAsk, QueryRunner } from '../src/building/query-runner.ts'

interface Task {
  readonly id: string
  readonly status?: string
  readonly order?: number
}

test('a live count, groups and measures are one message, of all that match, in no order', async () => {
  const asked: AggregateAsk[] = []
  const refuse = () => Promise.reject(new Error('only aggregates are asked here'))
  const never = { [Symbol.asyncIterator]: () => ({ next: refuse }) }
  const runner: QueryRunner = {
    query: refuse,
    count: refuse,
    groupBy: refuse,
    aggregate: refuse,
    explain: refuse,
    live: () => never,
    liveRelated: () => never,
    async *liveAggregate(ask) {
      asked.push(ask)
      yield { kind: 'rows', seq: 1, rows: [{ measures: { count: 3 } }] }
      yield { kind: 'changes', seq: 2, changes: [{ op: 'change', at: 0, record: { measures: { count: 4 } } }] }
    },
  }
  const query = new QueryBuilder<Task>(runner, { type: 'task' }).where({ status: 'draft' }).orderBy('order').limit(5)
  const all = { type: 'task', where: { status: 'draft' } }
  const counts = []
  for await (const count of query.liveCount()) counts.push(count)
  expect(counts).toEqual([
    { seq: 1, count: 3 },
    { seq: 2, count: 4 },
  ])
  for await (const update of query.liveGroupBy('status')) {
    if (update.kind === 'rows') expect(update.rows).toEqual([{ count: 3 }])
    else expect(update.changes).toEqual([{ op: 'change', at: 0, record: { count: 4 } }])
  }
  for await (const { count } of query.liveAggregate({ count: { count: true } })) expect(count).toBeGreaterThan(2)
  const measures = { count: { count: true } }
  const wanted = { count: { count: true } } as const
  for await (const update of query.liveAggregateBy('status', wanted)) {
    // Also to the compiler, each group has its value and the measures by their names.
    const [group] = update.kind === 'rows' ? update.rows : []
    const [value, count]: [string | undefined, number] = [group?.value, group?.count ?? 4]
    expect([value, count]).toEqual([undefined, update.seq + 2])
  }
  expect(asked).toEqual([
    { query: all, measures },
    { query: all, by: 'status', measures },
    { query: all, measures },
    { query: all, by: 'status', measures },
  ])
})
