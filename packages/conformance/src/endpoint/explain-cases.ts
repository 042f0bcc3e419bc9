import assert from 'node:assert/strict'
import { type ExplainAsk, type Explanation, hasCode, type Query } from '@stateward/contract'
import { type EndpointCase, endpointCase } from './trial.ts'

/** What `explain` promises of a query that it also answers. */
export const explainCases: readonly EndpointCase[] = [
  endpointCase('explain with analyze tells what answering took, or is UNSUPPORTED', async (trial) => {
    const rows = Array.from({ length: 40 }, (_, n) => ({ id: `i${n}`, n: n % 10, s: n % 3 === 0 ? 'x' : 'y' }))
    await trial.ask('createMany', { type: 'item', rows })
    const queries: Query[] = [
      { type: 'item' },
      { type: 'item', where: { n: 3 } },
      { type: 'item', where: { n: { gt: 3 }, s: 'x' }, orderBy: [['s', 'desc']] },
      { type: 'item', where: { s: 'x' }, orderBy: [['n', 'asc']], limit: 5 },
      { type: 'item', where: { s: 'nowhere' } },
    ]
    for (const query of queries)
      await compare(query, (ask) => trial.ask('explain', ask), await trial.ask('query', query))
    const { analysis } = await trial.ask('explain', { type: 'item', analyze: false })
    assert.equal(analysis, undefined, 'a query is answered only where that is asked for')
  }),

  endpointCase('explain of the groups of a query, too, says degraded only as true', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: [{ id: 'a', s: 'x' }, { id: 'b' }] })
    for (const where of [{}, { s: 'x' }]) {
      const { plan, records, degraded, dropped = [] } = await trial.ask('explain', { type: 'item', where, by: 's' })
      assert.equal(records, 2)
      assert.equal(plan.kind, (await trial.ask('explain', { type: 'item', where })).plan.kind, 'the way to the rows')
      assert(degraded === undefined || degraded === true, `degraded is absent or true, found ${degraded}`)
      assert(dropped.every((name) => typeof name === 'string'))
    }
    await trial.refuse('INVALID', 'groups by a field that is not listed', 'explain', { type: 'review', by: 'colour' })
    await trial.ask('explain', { type: 'review', by: 'rating' })
  }),
]

async function compare(
  query: Query,
  explain: (ask: ExplainAsk) => Promise<Explanation>,
  { rows, seq }: { readonly rows: readonly unknown[]; readonly seq: number },
): Promise<void> {
  const asked = JSON.stringify(query)
  const answer = await explain({ ...query, analyze: true }).catch((error: unknown) => {
    if (hasCode(error, 'UNSUPPORTED')) return undefined
    throw error
  })
  if (answer === undefined) return
  assert(answer.analysis !== undefined, `an analysis of ${asked}`)
  const { candidates, bodies, ms, steps, ...found } = answer.analysis
  assert.deepEqual(found, { rows: rows.length, seq }, `rows and seq of ${asked}`)
  assert(candidates >= rows.length, `every row was a candidate, found ${candidates} of ${asked}`)
  assert(bodies >= 0 && bodies <= candidates, `bodies are read of candidates, found ${bodies} of ${candidates}`)
  const names = ['plan', 'find', 'load', 'check', 'sort', 'wait', 'rest']
  assert.deepEqual(Object.keys(steps), names, 'every step is told')
  const sum = Object.values(steps).reduce((total, step) => total + step, 0)
  assert(Math.abs(sum - ms) < 1e-6, `the steps are the whole: ${sum} ms of ${ms}`)
}
