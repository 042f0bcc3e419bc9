import { limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, population, revival } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import type { Call } from './model-store.ts'
import { orderBy, where } from './naive-query.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'
import { tickingTime } from './ticking-time.ts'

/** A method of a query and what it is called with: the same for a builder and for a view. */
type Word = readonly [method: string, ...args: readonly unknown[]]

const field = fc.constantFrom('n', 'title', 'due', 'state', 'plan_id', 'after', 'tags', 'extra', 'rev', 'updated_at')
const measures = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(
    fc.constant({ count: true }),
    ...['sum', 'avg', 'min', 'max'].map((kind) => field.map((name) => ({ [kind]: name }))),
    fc.constant({ total: 'n' }),
  ),
)
const step: fc.Arbitrary<Word> = fc.oneof(
  where.map((filter): Word => ['where', filter]),
  orderBy.filter((given) => given.length > 0).map(([first = ['n', 'asc']]): Word => ['orderBy', ...first]),
  fc.integer({ min: 0, max: 9 }).map((rows): Word => ['limit', rows]),
)
const rowsAs: fc.Arbitrary<readonly Word[]> = fc.oneof(
  fc.constant([]),
  fc.uniqueArray(field, { minLength: 1, maxLength: 3 }).map((fields): Word[] => [['select', ...fields]]),
  fc
    .uniqueArray(fc.constantFrom('plan_id', 'parent', 'after', 'title'), { minLength: 1, maxLength: 3 })
    .map((fields): Word[] => [['include', ...fields]]),
)
const ending: fc.Arbitrary<readonly Word[]> = fc.oneof(
  fc
    .tuple(rowsAs, fc.constantFrom<Word>(['all'], ['answer'], ['first'], ['pages'], ['stream'], ['page', 'no cursor']))
    .map(([as, end]) => [...as, end]),
  fc.constantFrom<readonly Word[]>([['count']], [['explain']], [['explain', { analyze: true }]]),
  field.map((by): Word[] => [['explain', { by }]]),
  field.map((name): Word[] => [['groupBy', name]]),
  measures.map((asked): Word[] => [['aggregate', asked]]),
  fc.tuple(field, measures).map(([name, asked]): Word[] => [['aggregateBy', name, asked]]),
)
const words: fc.Arbitrary<readonly Word[]> = fc
  .tuple(fc.array(step, { maxLength: 3 }), ending)
  .map(([steps, end]) => [['where', {}], ...steps, ...end])

const history = fc.array(call, { maxLength: 15 })

test.each([
  ['in memory', 1_000_000],
  ['in the log alone', 1],
])('a view answers what a builder does, and refuses in its words: %s', async (_, cacheBytes) => {
  await fc.assert(
    fc.asyncProperty(history, fc.array(words, { minLength: 20, maxLength: 20 }), async (calls, questions) => {
      const { state } = await openTiny({ memory: { cacheBytes } })
      await write(state, calls)
      for (const question of questions) {
        const bySelf = await told(() => answered(state.view.task, question))
        expect(bySelf, JSON.stringify(question)).toEqual(await told(() => answered(state.task, question)))
      }
      await state.close()
    }),
    { numRuns: runs(60) },
  )
})

async function write(state: TinyState, calls: readonly Call[]): Promise<void> {
  for (const one of [population, ...revival, ...calls]) await askCall(state, one).catch(() => undefined)
}

/** What a query that is put together so answers. */
async function answered(tasks: object, said: readonly Word[]): Promise<unknown> {
  let query: unknown = tasks
  for (const [method, ...args] of said) {
    if (method === 'pages') return everyPage(query)
    if (method === 'stream') return streamed(apply(query, 'stream', []))
    query = await apply(query, method, args)
  }
  return timeless(query)
}

function apply(query: unknown, method: string, args: readonly unknown[]): unknown {
  const called: unknown = Reflect.get(query as object, method)
  if (typeof called !== 'function') throw new Error(`expected a query to have ${method}`)
  return called.apply(query, args)
}

async function everyPage(query: unknown): Promise<unknown[]> {
  const pages: unknown[] = []
  for (let cursor: string | undefined; ; ) {
    const page = (await apply(query, 'page', [cursor])) as { readonly cursor?: string }
    pages.push(page)
    cursor = page.cursor
    if (cursor === undefined) return pages
  }
}

async function streamed(rows: unknown): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const row of rows as AsyncIterable<unknown>) all.push(row)
  return all
}

/** How long it took is nobody's to compare, nor what was in the cache by then; the clock of these stores stands still. */
function timeless(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('analysis' in answer)) return answer
  const { rows, seq } = answer.analysis as { readonly rows: number; readonly seq: number }
  return { ...answer, analysis: { rows, seq } }
}

async function told(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await call() }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { code: error.code, message: error.message, details: 'details' in error ? error.details : undefined }
  }
}

test('bodies of rows and of what they lead to are read within one bound', async () => {
  const { state } = await openTiny({ storage: memoryStorage(), memory: { cacheBytes: 1 } })
  const half = limits.viewBodies / 2
  await state.task.createMany(Array.from({ length: half + 1 }, (_, n) => ({ id: `p${n}`, title: 'parent' })))
  await state.task.createMany(
    Array.from({ length: half + 1 }, (_, n) => ({ id: `t${n}`, n, title: 'child', parent: `p${n}` })),
  )
  const children = state.view.task.where({ title: 'child' }).orderBy('n')
  // One row more than asked for is read, to know whether there is a next page.
  const related = children.limit(half - 1).include('parent')
  expect(related.all()).toEqual(
    await state.task
      .where({ title: 'child' })
      .orderBy('n')
      .limit(half - 1)
      .include('parent')
      .all(),
  )
  expect(
    await told(async () =>
      children
        .limit(half + 1)
        .include('parent')
        .all(),
    ),
  ).toMatchObject({
    code: 'TOO_LARGE',
    details: { type: 'task', most: limits.viewBodies },
  })
  const everything = state.view.task.where()
  expect(everything.count()).toBe(2 * half + 2)
  for (const call of [
    () => everything.aggregate({ n: { sum: 'n' } }),
    () => everything.aggregateBy('title', { n: { sum: 'n' } }),
    () => everything.explain({ analyze: true }),
    () => everything.select('id').all(),
  ])
    expect(await told(async () => call())).toMatchObject({ code: 'TOO_LARGE' })
  expect(state.view.task.where({ title: 'child' }).aggregate({ n: { sum: 'n' } })).toEqual({
    n: (half * (half + 1)) / 2,
  })
  await state.close()
})

test('each page of a stream keeps within the bound, however long the stream', async () => {
  const { state } = await openTiny({ memory: { cacheBytes: 1 } })
  const many = limits.viewBodies + 300
  await state.task.createMany(Array.from({ length: many }, (_, n) => ({ id: `t${n}`, n })))
  await state.task.createMany(
    Array.from({ length: many }, (_, n) => ({ id: `t${many + n}`, n: many + n, parent: `t${n}` })),
  )
  const numbers = Array.from(state.view.task.where().orderBy('n').stream(), ({ n }) => n)
  expect(numbers).toEqual(Array.from({ length: 2 * many }, (_, n) => n))
  const children = state.view.task.where({ n: { gte: many } }).orderBy('n')
  const parents = Array.from(children.include('parent').stream(), ({ related }) => related.parent)
  expect(parents).toMatchObject(Array.from({ length: many }, (_, n) => ({ n })))
  await state.close()
})

test('a stream of a view goes on with what is written between its pages, and ends when its reader does', async () => {
  const { state } = await openTiny()
  const rows = Array.from({ length: 250 }, (_, n) => ({ id: `t${String(n).padStart(3, '0')}`, n }))
  await state.task.createMany(rows)
  const stream = state.view.task.where().stream()
  const seen: string[] = []
  for (const { id } of stream) {
    if (seen.length === 0) await state.task.delete('t249')
    seen.push(id)
  }
  expect(seen).toEqual(rows.slice(0, 249).map(({ id }) => id))
  const [first] = state.view.task.where().stream()
  expect(first?.id).toBe('t000')
  expect([...state.view.task.where().limit(120).stream()]).toHaveLength(120)
  await state.close()
})

test('the steps of an analysis without a promise are its whole time, and nothing is waited for', async () => {
  const { state } = await openTiny({ memory: { cacheBytes: 1 }, time: tickingTime() })
  await state.task.createMany(Array.from({ length: 20 }, (_, n) => ({ id: `t${n}`, n, title: n % 2 ? 'x' : 'y' })))
  const { analysis } = state.view.task
    .where({ title: 'x', n: { gte: 0 } })
    .orderBy('state')
    .explain({ analyze: true })
  const { steps, ms = 0, rows, bodies } = analysis ?? {}
  expect({ rows, bodies, wait: steps?.wait }).toEqual({ rows: 10, bodies: 10, wait: 0 })
  expect(Object.values(steps ?? {}).reduce((sum, one) => sum + one, 0)).toBe(ms)
  expect(steps).toMatchObject({ load: 1, sort: 1 })
  await state.close()
})
