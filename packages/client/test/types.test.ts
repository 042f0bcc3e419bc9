import type { Deleted, Domain, RecordOf, RelationsOf, StoredRecord, SystemFields } from '@stateward/contract'
import type { WithRelated } from '@stateward/query'
import { describe, expectTypeOf, test } from 'vitest'
import type { Collection, VersionOf } from '../src/collection.ts'
import type { Collections } from '../src/collections.ts'
import type { Transact } from '../src/transact.ts'
import type { Views } from '../src/view.ts'
import type { TaskDomain, TaskOutput } from './task-domain.ts'

type Task = RecordOf<TaskDomain, 'task'>

/** As below, of views. */
function viewsCompile(view: Views<TaskDomain>): void {
  expectTypeOf(view.task.get('t1')).toEqualTypeOf<Task | undefined>()
  expectTypeOf(view.task.where({ status: 'draft' }).orderBy('created_at').limit(2).all()).toEqualTypeOf<
    readonly Task[]
  >()
  const owned = view.task.where({ status: 'draft' }).include('owner_id').first()
  expectTypeOf(owned).toEqualTypeOf<WithRelated<Task, Pick<RelationsOf<TaskDomain, 'task'>, 'owner_id'>> | undefined>()
  // @ts-expect-error no reference
  void view.task.include('title')
  // @ts-expect-error no such type
  void view.tasks
  // @ts-expect-error no such field
  void view.task.where({ titel: 'x' })
  // @ts-expect-error a value that the field does not hold
  void view.task.where({ status: 'finished' })
}

/** As below, of related records. */
function relationsCompile(state: Collections<TaskDomain>): void {
  void state.task.where({ status: 'draft' }).orderBy('title').limit(3).include('owner_id', 'after').page()
  // @ts-expect-error no reference
  void state.task.include('title')
  // @ts-expect-error no such field
  void state.task.where({}).include('owner')
  // @ts-expect-error a reference of another type
  void state.person.include('owner_id')
  // @ts-expect-error no reference at all
  void state.task.include()
  void state.task.include('owner_id').first().then(ownersOnly)
}

function ownersOnly(row: WithRelated<Task, Pick<RelationsOf<TaskDomain, 'task'>, 'owner_id'>> | undefined): void {
  void row?.related.owner_id?.name
  // @ts-expect-error a reference that was not asked for
  void row?.related.after
  // @ts-expect-error no such field in the related record
  void row?.related.owner_id?.title
}

const related = (state: Collections<TaskDomain>) => state.task.include('owner_id', 'after', 'about').first()
const relatedUntyped = (all: Collection<Domain, string>) => all.where({}).include('whatever').first()

/** Only compiled: what stands here must be accepted, and what is marked must not be. */
function compiles(state: Collections<TaskDomain>, transact: Transact<TaskDomain>): void {
  void state.task.create({ title: 'x' })
  void state.task.create({ title: 'x', id: 'own', status: 'running', created_at: '2024-01-01T00:00:00Z', note: null })
  void state.person.create({ id: 'p1', name: 'Ann' })
  void state.task.update(
    't1',
    { status: 'running' },
    { expectedRev: 1, unset: ['note', 'labels'], force: true, reason: 'x' },
  )
  void state.task.where({ status: { in: ['draft'] }, labels: { contains: 'x' }, rev: { gt: 1 } }).orderBy('created_at')
  void state.task.updateMany([{ id: 't1', changes: { note: null }, expectedRev: 2 }], { cascade: true })

  // @ts-expect-error no such type
  void state.tasks
  // @ts-expect-error a field that must be given
  void state.task.create({})
  // @ts-expect-error no such field
  void state.task.create({ title: 'x', titel: 'y' })
  // @ts-expect-error a value that the schema does not take
  void state.task.create({ title: 'x', status: 'finished' })
  // @ts-expect-error the caller gives ids of this type
  void state.person.create({ name: 'Ann' })
  // @ts-expect-error the store keeps count
  void state.task.create({ title: 'x', rev: 1 })
  // @ts-expect-error no such field
  void state.task.update('t1', { titel: 'y' })
  // @ts-expect-error an id does not change
  void state.task.update('t1', { id: 't2' })
  // @ts-expect-error no such field to remove
  void state.task.update('t1', {}, { unset: ['titel'] })
  // @ts-expect-error a field that no record is without
  void state.task.update('t1', {}, { unset: ['id'] })
  // @ts-expect-error no such option
  void state.task.update('t1', {}, { expectRev: 1 })
  // @ts-expect-error no such level
  void state.task.create({ title: 'x' }, { durability: 'always' })
  // @ts-expect-error no such field
  void state.task.where({ titel: 'x' })
  // @ts-expect-error the version expected stands in each item
  void state.task.updateMany([], { expectedRev: 1 })
  // @ts-expect-error no such type
  void transact([{ op: 'create', type: 'tasks', data: { title: 'x' } }])
  // @ts-expect-error the fields of another type
  void transact([{ op: 'create', type: 'task', data: { name: 'Ann' } }])
  // @ts-expect-error no such operation
  void transact([{ op: 'upsert', type: 'task', id: 't1', changes: {} }])
}

const inferred = (transact: Transact<TaskDomain>) =>
  transact([
    { op: 'create', type: 'task', data: { title: 'x' } },
    { op: 'update', type: 'person', id: 'p1', changes: { name: 'Ann' } },
    { op: 'delete', type: 'task', id: 't1' },
  ])

describe('types', () => {
  test('a wrong type, field, value or option does not compile', () => expectTypeOf(compiles).toBeFunction())
  test('views give records of their type, and take only its fields', () => expectTypeOf(viewsCompile).toBeFunction())

  test('records are what the schema makes, with the system fields', () => {
    expectTypeOf<Task>().toExtend<TaskOutput & SystemFields>()
    expectTypeOf<Awaited<ReturnType<Collection<TaskDomain, 'task'>['get']>>>().toEqualTypeOf<Task | undefined>()
    expectTypeOf<Awaited<ReturnType<Collection<TaskDomain, 'task'>['getMany']>>>().toEqualTypeOf<
      readonly (Task | undefined)[]
    >()
    expectTypeOf<Task['status']>().toEqualTypeOf<'draft' | 'running'>()
    expectTypeOf<VersionOf<TaskDomain, 'task'>['record']>().toEqualTypeOf<Task | undefined>()
  })

  test('what is included is of the type that the reference leads to, one or several', () => {
    expectTypeOf(relationsCompile).toBeFunction()
    type Person = RecordOf<TaskDomain, 'person'>
    type Row = NonNullable<Awaited<ReturnType<typeof related>>>
    expectTypeOf<Row['record']>().toEqualTypeOf<Task>()
    expectTypeOf<Row['related']['owner_id']>().toEqualTypeOf<Person | undefined>()
    expectTypeOf<Row['related']['after']>().toEqualTypeOf<readonly (Task | undefined)[] | undefined>()
    expectTypeOf<Row['related']['about']>().toEqualTypeOf<Task | Person | undefined>()
    type Untyped = NonNullable<Awaited<ReturnType<typeof relatedUntyped>>>
    expectTypeOf<StoredRecord>().toExtend<NonNullable<Untyped['related']['whatever']>>()
  })

  test('a transaction answers item by item', () => {
    type Results = Awaited<ReturnType<typeof inferred>>['results']
    expectTypeOf<Results[0]>().toEqualTypeOf<Task>()
    expectTypeOf<Results[1]>().toEqualTypeOf<RecordOf<TaskDomain, 'person'>>()
    expectTypeOf<Results[2]>().toEqualTypeOf<Deleted>()
  })

  test('a domain that is only known at run time takes any filter', () => {
    const compilesToo = (all: Collection<Domain, string>) => all.where({ whatever: { gt: 1 } }).orderBy('whatever')
    expectTypeOf(compilesToo).toBeFunction()
    expectTypeOf<StoredRecord>().toExtend<Awaited<ReturnType<Collections<Domain>[string]['all']>>[number]>()
  })
})
