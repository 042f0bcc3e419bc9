import type { JsonObject, JsonValue, StoredRecord, SystemFields, Where } from '@stateward/contract'
import { describe, expectTypeOf, test } from 'vitest'
import { and, contains, eq, gt, isIn, not, or, prefix } from '../src/building/conditions.ts'
import type { Answer } from '../src/building/page.ts'
import type { QueryBuilder } from '../src/building/query-builder.ts'
import type { QueryView } from '../src/building/query-view.ts'
import type { RowsQuery } from '../src/building/rows-query.ts'
import type { FieldOf, WhereOf } from '../src/building/where-of.ts'

interface Task extends SystemFields {
  readonly status: 'draft' | 'running'
  readonly order: number
  readonly done: boolean
  readonly labels: readonly string[]
  readonly scores?: readonly number[] | undefined
  readonly note?: string | null
  readonly metadata: { readonly owner: string }
  readonly either: string | readonly number[]
  readonly anything: unknown
}

type Shape =
  | (SystemFields & { readonly kind: 'circle'; readonly radius: number })
  | (SystemFields & { readonly kind: 'square'; readonly side: string })
type Loose = SystemFields & { readonly name: string; readonly [key: string]: unknown }

/** Only compiled: what stands here must be accepted, and what is marked must not be. */
function compiles(
  tasks: QueryBuilder<Task>,
  shapes: QueryBuilder<Shape>,
  loose: QueryBuilder<Loose>,
  untyped: QueryBuilder<StoredRecord>,
): void {
  const measured = tasks.aggregate({ n: { count: true }, mean: { avg: 'order' }, last: { max: 'status' } })
  expectTypeOf(measured).resolves.toEqualTypeOf<{
    readonly n: number
    readonly mean: number | undefined
    readonly last: 'draft' | 'running' | undefined
  }>()
  // @ts-expect-error no such field
  tasks.aggregate({ n: { sum: 'ordr' } })
  // @ts-expect-error no such measure
  tasks.aggregate({ n: { total: 'order' } })
  tasks.where({
    status: 'draft',
    order: { gte: 1, lt: 5 },
    done: true,
    id: { prefix: 'a' },
    updated_at: { gt: '2024' },
  })
  tasks.where({
    labels: { contains: 'x' },
    scores: { contains: 5, exists: true },
    note: null,
    either: { contains: 'x' },
  })
  tasks.where({
    note: { in: ['a', null] },
    metadata: { eq: { owner: 'x' } },
    anything: { eq: [1] },
    done: { lt: true },
  })
  tasks
    .where({ or: [{ status: { ne: 'draft' } }, { not: { and: [{ order: 1 }] } }] })
    .orderBy('note')
    .orderBy('rev', 'desc')
  tasks.where(
    and(
      eq('status', 'draft'),
      or(gt('order', 3), not(isIn('status', ['running']))),
      contains('labels', 'x'),
      prefix('note', 'a'),
    ),
  )
  tasks.where(eq('status', 'running')).groupBy('labels')
  shapes.where({ kind: 'circle', radius: { gt: 1 }, side: { prefix: 'a' } }).orderBy('side')
  loose.where({ name: 'x' }).orderBy('name')
  untyped
    .where({ whatever: { gt: 1 } })
    .orderBy('whatever')
    .groupBy('whatever')

  // @ts-expect-error no such field
  tasks.where({ statsu: 'draft' })
  // @ts-expect-error no such field, deep down
  tasks.where({ or: [{ not: { statsu: 'draft' } }] })
  // @ts-expect-error no such value
  tasks.where({ status: 'finished' })
  // @ts-expect-error no such value in a list
  tasks.where({ status: { in: ['draft', 'finished'] } })
  // @ts-expect-error a text for a number
  tasks.where({ order: '1' })
  // @ts-expect-error a text for a number, in a range
  tasks.where({ order: { gt: '1' } })
  // @ts-expect-error no such operator
  tasks.where({ order: { above: 1 } })
  // @ts-expect-error only texts have a prefix
  tasks.where({ order: { prefix: '1' } })
  // @ts-expect-error lists have no prefix
  tasks.where({ labels: { prefix: 'x' } })
  // @ts-expect-error numbers contain nothing
  tasks.where({ order: { contains: 1 } })
  // @ts-expect-error an item of another type
  tasks.where({ labels: { contains: 5 } })
  // @ts-expect-error lists are in no range
  tasks.where({ labels: { gt: 'x' } })
  // @ts-expect-error a list to equal stands under eq
  tasks.where({ labels: ['x'] })
  // @ts-expect-error null where none can be
  tasks.where({ status: null })
  // @ts-expect-error a value that was forgotten
  tasks.where({ note: undefined })
  // @ts-expect-error an operand that was forgotten
  tasks.where({ order: { gte: undefined } })
  // @ts-expect-error no such field to order by
  tasks.orderBy('statsu')
  // @ts-expect-error no such direction
  tasks.orderBy('order', 'up')
  // @ts-expect-error no such field to group by
  tasks.groupBy('statsu')
  // @ts-expect-error no such field to group by
  tasks.explain({ by: 'statsu' })
  // @ts-expect-error no such field to select
  tasks.select('status', 'statsu')
  // @ts-expect-error nothing selected
  tasks.select()
  // @ts-expect-error no reference of the type
  tasks.include('status')
  // @ts-expect-error no such field, by function
  tasks.where(eq('statsu', 'draft'))
  // @ts-expect-error no such value, by function
  tasks.where(eq('status', 'finished'))
  // @ts-expect-error no such field, by functions within functions
  tasks.where(and(eq('status', 'draft'), not(eq('statsu', 'x'))))
  // @ts-expect-error no shape has such a field
  shapes.where({ colour: 'red' })
  // @ts-expect-error a field the schema does not know, though records may hold it
  loose.where({ other: 'x' })
}

interface Relations {
  readonly owner_id: { readonly name: string } | undefined
  readonly after: readonly (Task | undefined)[]
}

const selections = (tasks: QueryBuilder<Task>, shapes: QueryBuilder<Shape>, untyped: QueryBuilder<StoredRecord>) => ({
  narrow: tasks.where({ status: 'draft' }).orderBy('order').select('id', 'note'),
  either: shapes.select('kind', 'radius'),
  untyped: untyped.select('whatever'),
})

const included = (tasks: QueryBuilder<Task, Relations>) => tasks.where({ status: 'draft' }).include('owner_id')

const groups = (tasks: QueryBuilder<Task>, untyped: QueryBuilder<StoredRecord>) => ({
  status: tasks.groupBy('status'),
  note: tasks.groupBy('note'),
  labels: tasks.groupBy('labels'),
  anything: tasks.groupBy('anything'),
  untyped: untyped.groupBy('whatever'),
  measured: tasks.aggregateBy('done', { last: { max: 'order' } }),
})

/** What each word of a query answers; of a view at once, of a builder by promise. */
const answersOf = (tasks: QueryBuilder<Task, Relations>) => ({
  all: tasks.where({ status: 'draft' }).orderBy('order', 'desc').limit(2).all(),
  first: tasks.first(),
  page: tasks.page('cursor'),
  answer: tasks.answer(),
  count: tasks.count(),
  groups: tasks.groupBy('note'),
  measures: tasks.aggregate({ n: { count: true }, mean: { avg: 'order' }, last: { max: 'status' } }),
  measured: tasks.aggregateBy('done', { sum: { sum: 'order' } }),
  explained: tasks.explain({ analyze: true, by: 'status' }),
  selected: tasks.select('id', 'note').answer(),
  included: tasks.include('owner_id').answer(),
})
const answersAtOnce = (tasks: QueryView<Task, Relations>) => ({
  all: tasks.where({ status: 'draft' }).orderBy('order', 'desc').limit(2).all(),
  first: tasks.first(),
  page: tasks.page('cursor'),
  answer: tasks.answer(),
  count: tasks.count(),
  groups: tasks.groupBy('note'),
  measures: tasks.aggregate({ n: { count: true }, mean: { avg: 'order' }, last: { max: 'status' } }),
  measured: tasks.aggregateBy('done', { sum: { sum: 'order' } }),
  explained: tasks.explain({ analyze: true, by: 'status' }),
  selected: tasks.select('id', 'note').answer(),
  included: tasks.include('owner_id').answer(),
})
const streamsAtOnce = (tasks: QueryView<Task, Relations>) => ({
  rows: tasks.stream(),
  selected: tasks.select('id').stream(),
  included: tasks.include('after').stream(),
})

/** As `compiles`, of views. */
function viewsCompile(tasks: QueryView<Task, Relations>): void {
  // @ts-expect-error no such field
  tasks.where({ statsu: 'draft' })
  // @ts-expect-error no such value
  tasks.where({ status: 'finished' })
  // @ts-expect-error no such field to order by
  tasks.orderBy('statsu')
  // @ts-expect-error no such field to group by
  tasks.groupBy('statsu')
  // @ts-expect-error no such field to measure
  tasks.aggregate({ n: { sum: 'ordr' } })
  // @ts-expect-error no such measure
  tasks.aggregateBy('done', { n: { total: 'order' } })
  // @ts-expect-error no such field to select
  tasks.select('statsu')
  // @ts-expect-error nothing selected
  tasks.select()
  // @ts-expect-error no reference of the type
  tasks.include('status')
  // @ts-expect-error nobody waits for a view
  tasks.all({ timeoutMs: 5 })
  // @ts-expect-error live queries are the builder's
  void tasks.live
}

describe('types', () => {
  test('a wrong field, operator or value does not compile', () => expectTypeOf(compiles).toBeFunction())

  test('fields are those of every shape of the record', () => {
    expectTypeOf<FieldOf<Shape>>().toEqualTypeOf<'kind' | 'radius' | 'side' | keyof SystemFields>()
    expectTypeOf<FieldOf<Loose>>().toEqualTypeOf<'name' | keyof SystemFields>()
    expectTypeOf<FieldOf<StoredRecord>>().toEqualTypeOf<string>()
  })

  test('where nothing is known, the filter is the plain one', () => {
    expectTypeOf<WhereOf<StoredRecord>>().toEqualTypeOf<Where>()
    expectTypeOf<WhereOf<Readonly<unknown> & SystemFields>>().toEqualTypeOf<Where>()
    expectTypeOf<WhereOf<JsonObject>>().toEqualTypeOf<Where>()
  })

  test('what is selected is the type of the row', () => {
    expectTypeOf(selections).toBeFunction()
    type Rows = ReturnType<typeof selections>
    type Row = Pick<Task, 'id' | 'note'>
    expectTypeOf<Rows['narrow']>().toEqualTypeOf<RowsQuery<Row>>()
    expectTypeOf<Awaited<ReturnType<Rows['narrow']['all']>>>().toEqualTypeOf<readonly Row[]>()
    expectTypeOf<Awaited<ReturnType<Rows['narrow']['first']>>>().toEqualTypeOf<Row | undefined>()
    expectTypeOf<Awaited<ReturnType<Rows['narrow']['page']>>['rows']>().toEqualTypeOf<readonly Row[]>()
    type Either = { readonly kind: 'circle'; readonly radius: number } | { readonly kind: 'square' }
    expectTypeOf<Rows['either']>().toEqualTypeOf<RowsQuery<Either>>()
    expectTypeOf<Rows['untyped']>().toEqualTypeOf<RowsQuery<Pick<StoredRecord, 'whatever'>>>()
  })

  test('a view answers in the types of a builder, without the promise, and takes no more', () => {
    expectTypeOf(viewsCompile).toBeFunction()
    expectTypeOf(answersOf).toBeFunction()
    type Awaiting = ReturnType<typeof answersOf>
    expectTypeOf<ReturnType<typeof answersAtOnce>>().toEqualTypeOf<{ [K in keyof Awaiting]: Awaited<Awaiting[K]> }>()
    expectTypeOf<Awaited<Awaiting['answer']>>().toEqualTypeOf<Answer<Task>>()
    expectTypeOf<Answer<Task>['degraded']>().toEqualTypeOf<true | undefined>()
    expectTypeOf<Awaited<Awaiting['page']>['degraded']>().toEqualTypeOf<true | undefined>()
    type Streams = ReturnType<typeof streamsAtOnce>
    expectTypeOf<Streams['rows']>().toEqualTypeOf<Generator<Task, void, undefined>>()
    expectTypeOf<Streams['selected']>().toEqualTypeOf<Generator<Pick<Task, 'id'>, void, undefined>>()
    type After = { readonly record: Task; readonly related: Pick<Relations, 'after'> }
    expectTypeOf<Streams['included'] extends Generator<infer Row> ? Row : never>().toExtend<After>()
  })

  test('what is included is the type that the reference leads to', () => {
    expectTypeOf(included).toBeFunction()
    type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof included>['first']>>>
    expectTypeOf<Row['record']>().toEqualTypeOf<Task>()
    expectTypeOf<Row['related']>().toEqualTypeOf<Pick<Relations, 'owner_id'>>()
  })

  test('a group holds a value of the field', () => {
    expectTypeOf(groups).toBeFunction()
    type Groups = ReturnType<typeof groups>
    type ValueOf<K extends keyof Groups> = Awaited<Groups[K]>[number]['value']
    expectTypeOf<Awaited<Groups['status']>[number]['count']>().toEqualTypeOf<number>()
    expectTypeOf<ValueOf<'status'>>().toEqualTypeOf<'draft' | 'running' | undefined>()
    expectTypeOf<ValueOf<'note'>>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<ValueOf<'labels'>>().toEqualTypeOf<readonly string[] | undefined>()
    expectTypeOf<ValueOf<'anything'>>().toEqualTypeOf<JsonValue | undefined>()
    expectTypeOf<ValueOf<'untyped'>>().toEqualTypeOf<JsonValue | undefined>()
    expectTypeOf<ValueOf<'measured'>>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<Awaited<Groups['measured']>[number]['last']>().toEqualTypeOf<number | undefined>()
  })

  test('rows keep their type', () => {
    expectTypeOf<Awaited<ReturnType<QueryBuilder<Task>['first']>>>().toEqualTypeOf<Task | undefined>()
    expectTypeOf<Awaited<ReturnType<QueryBuilder<Task>['all']>>>().toEqualTypeOf<readonly Task[]>()
  })
})
