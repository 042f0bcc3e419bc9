import { limits, type Query } from '@stateward/contract'
import { expect, test } from 'vitest'
import { PlanCache } from '../src/querying/plan-cache.ts'
import type { Planned } from '../src/querying/planned-shape.ts'
import { Bodies } from '../src/records/bodies.ts'
import { Live } from '../src/state/live.ts'
import { tinyDomain } from './tiny-domain.ts'

/** Plans of tasks, of as many as are said to be there. */
function plans(): { readonly cache: PlanCache; readonly live: Live; ask(query: unknown, records?: number): Planned } {
  const live = new Live(tinyDomain, new Bodies({ fetch: async () => [] }, 1_000))
  const cache = new PlanCache()
  const ask = (query: unknown, records = 100): Planned =>
    cache.planned(query as Query, live.type('task'), tinyDomain.entities.task, records)
  return { cache, live, ask }
}

const titled = (title: unknown): unknown => ({ type: 'task', where: { title } })

test('queries that differ in values alone are compiled once, whatever the values', () => {
  const { cache, ask } = plans()
  for (let n = 0; n < 5_000; n++) {
    ask({
      type: 'task',
      where: { title: `t${n}`, n: { gte: n, lt: n + 1 } },
      orderBy: [['n', 'desc']],
      limit: 1 + (n % 9),
    })
    ask({ type: 'task', where: { or: [{ id: { in: [`a${n}`, 'b'] } }, { not: { title: { prefix: `p${n}` } } }] } })
  }
  expect(cache.compiled).toBe(2)
})

test('another type of a value, another field, operator, order or number of branches is another shape', () => {
  const { cache, ask } = plans()
  const shapes = [
    titled('a'),
    titled(1),
    titled(null),
    titled(true),
    titled({ eq: 'a' }),
    titled({ ne: 'a' }),
    titled({ in: [] }),
    titled({ in: ['a'] }),
    { type: 'task', where: { state: 'a' } },
    { type: 'task', where: { title: 'a' }, limit: 1 },
    { type: 'task', where: { title: 'a' }, orderBy: [['n', 'asc']] },
    { type: 'task', where: { title: 'a' }, orderBy: [['n', 'desc']] },
    { type: 'task', where: { or: [{ title: 'a' }] } },
    { type: 'task', where: { or: [{ title: 'a' }, { title: 'b' }] } },
  ]
  for (let times = 0; times < 3; times++) for (const one of shapes) ask(one)
  expect(cache.compiled).toBe(shapes.length)
})

test('a query that comes again is planned once, until there are far more records, or other indexes', () => {
  const { cache, live, ask } = plans()
  ask(titled('a'))
  const kept = ask(titled('a'))
  expect(ask(titled('a'))).toBe(kept)
  expect(ask(titled('a'), 199)).toBe(kept)
  expect(ask(titled('a'), 201)).not.toBe(kept)
  expect(cache.compiled).toBe(1)
  const { kept: indexes } = live.type('task')
  const [index] = indexes.trusted
  if (index !== undefined) indexes.distrust(index)
  expect(ask(titled('a'))).not.toBe(kept)
  expect(cache.compiled).toBe(2)
})

test('what is kept has a bound, of queries without end in shapes and in values', () => {
  const { cache, ask } = plans()
  let most = 0
  for (let n = 0; n < 30_000; n++) {
    // Each twice, for what is asked for once is not kept.
    for (let times = 0; times < 2; times++) ask(titled(`t${n}`))
    const order = Array.from({ length: 15 }, (_, at) => ['n', ((n >> at) & 1) === 0 ? 'asc' : 'desc'])
    if (n % 4 === 0) ask({ type: 'task', where: { title: 'x' }, orderBy: order })
    most = Math.max(most, cache.size)
  }
  expect(most).toBeLessThanOrEqual(limits.plannedQueries + 2)
  expect(most).toBeGreaterThan(limits.plannedQueries / 2)
})

test('long texts and long lists take the place of many short ones, and far too long ones are not kept', () => {
  const { cache, ask } = plans()
  const maxChars = 4_194_304
  for (let n = 0; n < 400; n++) {
    for (let times = 0; times < 3; times++) ask(titled(`${'x'.repeat(60_000)}${n}`))
    ask(titled({ in: Array.from({ length: 1_000 }, (_, at) => `item ${n * at}`) }))
    expect(cache.chars).toBeLessThanOrEqual(maxChars)
  }
  const before = cache.chars
  for (let times = 0; times < 3; times++) ask(titled('x'.repeat(3_000_000)))
  expect(cache.chars).toBe(before)
})

test('what a getter says the second time, what stands in a prototype and what is refused does not get into a plan of others', () => {
  const { cache, ask } = plans()
  ask(titled('a'))
  let reads = 0
  const changing = {
    get title() {
      return reads++ === 0 ? 'first' : { ne: 'later' }
    },
  }
  expect(ask({ type: 'task', where: changing }).query).toEqual(titled('first'))
  expect(reads).toBe(1)
  const own = JSON.parse('{"type": "task", "where": {"__proto__": {"title": "x"}}}')
  for (let times = 0; times < 3; times++) {
    expect(() => ask(own)).toThrow(/no field can be called __proto__/)
    expect(() => ask({ type: 'task', where: { title: 'a' }, limit: 0 })).toThrow(/limit/)
    expect(() => ask({ type: 'task', where: { title: Number.NaN } })).toThrow(/NaN/)
    expect(() => ask({ type: 'task', where: { title: undefined } })).toThrow(/undefined/)
  }
  expect(ask(titled('a')).query).toEqual(titled('a'))
  expect(Object.getPrototypeOf(ask(titled('b')).query)).toBe(Object.prototype)
  // The one that was refused for its limit has a shape like any other.
  expect(cache.compiled).toBe(1)
})

test('what a getter says while a shape is new is not what others with that shape are answered by', () => {
  const { ask } = plans()
  const turns = ['first', 'second', 'third', 'fourth']
  const query = {
    type: 'task',
    where: {
      get title() {
        return turns.shift()
      },
    },
  }
  const { query: planned } = ask(query)
  const { title } = planned.where ?? {}
  expect(ask(titled(title)).query).toEqual(titled(title))
})
