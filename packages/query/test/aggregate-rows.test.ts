import { entity, limits, type Schema } from '@stateward/contract'
import { expect, test } from 'vitest'
import { aggregateRows } from '../src/results/aggregate-rows.ts'
import { checkMeasures } from '../src/validation/check-measures.ts'

interface Fields {
  readonly n?: unknown
  readonly due?: unknown
  readonly s?: unknown
}

const schema: Schema<Fields> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Fields }) },
}
const task = entity({
  schema,
  id: 'string',
  fields: ['n', 'due', 's'],
  times: ['due'],
})
const row = (id: string, fields: object) => ({ id, rev: 1, created_at: '', updated_at: '', ...fields })
const rows = [
  row('a', { n: 0.1, s: 'x', due: '2026-01-01T10:00:00Z' }),
  row('b', { n: 0.2, s: 'y', due: '2026-01-01T11:00:00+02:00' }),
  row('c', { n: 0.3, s: null, due: '2026-01-01T09:00:00.000Z' }),
  row('d', { n: 'many' }),
]

const answer = (measures: unknown, by?: string) =>
  aggregateRows(rows, { measures: checkMeasures(measures, task), by, entity: task })

test('sums take numbers and round once; extremes take what is there, times as instants', () => {
  const measures = {
    n: { count: true },
    sum: { sum: 'n' },
    mean: { avg: 'n' },
    least: { min: 's' },
    first: { min: 'due' },
  }
  expect(answer(measures)).toEqual([
    { measures: { n: 4, sum: 0.6, mean: 0.6 / 3, least: 'x', first: '2026-01-01T09:00:00.000Z' } },
  ])
  expect(answer({ kinds: { max: 'n' } })).toEqual([{ measures: { kinds: 'many' } }])
})

test('groups come in the order of their values, absence first; of one instant the least text is shown', () => {
  expect(answer({ n: { count: true }, mean: { avg: 'n' } }, 's')).toEqual([
    { measures: { n: 1 } },
    { value: null, measures: { n: 1, mean: 0.3 } },
    { value: 'x', measures: { n: 1, mean: 0.1 } },
    { value: 'y', measures: { n: 1, mean: 0.2 } },
  ])
  expect(answer({ n: { count: true } }, 'due')[1]).toEqual({ value: '2026-01-01T09:00:00.000Z', measures: { n: 2 } })
})

test('of nothing the count and the sum are 0, and the rest is absent', () => {
  const measures = checkMeasures({ n: { count: true }, s: { sum: 'n' }, a: { avg: 'n' }, m: { max: 'n' } }, task)
  expect(aggregateRows([], { measures, by: undefined, entity: task })).toEqual([{ measures: { n: 0, s: 0 } }])
  expect(aggregateRows([], { measures, by: 's', entity: task })).toEqual([])
})

test.each<unknown>([
  undefined,
  [[]],
  {},
  { n: 1 },
  { n: { count: false } },
  { n: { count: true, sum: 'n' } },
  { n: { total: 'n' } },
  { n: { sum: 1 } },
  { n: { sum: 'unknown' } },
  { constructor: { count: true } },
])('%j is no list of measures', (given) => {
  expect(() => checkMeasures(given, task)).toThrow(expect.objectContaining({ code: 'INVALID' }))
})

test('there is a bound on their number, and sums that no number holds are refused', () => {
  const many = Object.fromEntries(Array.from({ length: limits.measures + 1 }, (_, at) => [`m${at}`, { count: true }]))
  expect(() => checkMeasures(many, task)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
  const large = [row('a', { n: 1e308 }), row('b', { n: 1e308 })]
  const measures = checkMeasures({ sum: { sum: 'n' } }, task)
  expect(() => aggregateRows(large, { measures, by: undefined, entity: task })).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE' }),
  )
})
