import { expectTypeOf, test } from 'vitest'
import type { State } from '../src/manager/create-state-manager.ts'
import type { Task, TinyDomain } from './tiny-domain.ts'

// Checked by the compiler: none of this is ever called.
type Store = State<TinyDomain>
const never = (_: (state: Store) => unknown): void => undefined

test("collections are named as the types, and records carry the system's fields", () => {
  never(async (state) => {
    const record = await state.task.get('a')
    expectTypeOf(record).toEqualTypeOf<
      | (Readonly<Task> & {
          readonly id: string
          readonly rev: number
          readonly created_at: string
          readonly updated_at: string
        })
      | undefined
    >()
    expectTypeOf((await state.plan.create({ name: 'x' })).status).toEqualTypeOf<'draft' | 'open' | 'done' | undefined>()
    // @ts-expect-error There is no such type.
    state.tsak
    // @ts-expect-error A record that is given out is not to be changed.
    if (record) record.n = 1
  })
})

test('what is written has the fields of its type', () => {
  never((state) => {
    // @ts-expect-error The name is required.
    state.plan.create({})
    // @ts-expect-error Ids of this type are given by the caller.
    state.task.create({ n: 1 })
    // @ts-expect-error There is no such field.
    state.plan.create({ name: 'x', nmae: 'y' })
    // @ts-expect-error A number, not a text.
    state.task.create({ id: 'a', n: 'one' })
    // @ts-expect-error There is no such status.
    state.plan.update('a', { status: 'odd' })
    // @ts-expect-error There is no such field.
    state.task.update('a', { nn: 1 })
    // @ts-expect-error System fields are not to be removed.
    state.plan.update('a', {}, { unset: ['rev'] })
    // @ts-expect-error There is no such option.
    state.task.update('a', {}, { expectedrev: 1 })
    // @ts-expect-error A creation expects no version.
    state.task.create({ id: 'a' }, { expectedRev: 1 })
  })
})

test('what is asked for has the fields and operators of its type', () => {
  never((state) => {
    // @ts-expect-error There is no such field.
    state.plan.where({ nn: 1 })
    // @ts-expect-error There is no such operator.
    state.plan.where({ size: { near: 1 } })
    // @ts-expect-error A number has no prefix.
    state.plan.where({ size: { prefix: '1' } })
    // @ts-expect-error The operand is of another kind.
    state.plan.where({ size: { gt: 'one' } })
    // @ts-expect-error There is no such status.
    state.plan.where({ status: 'odd' })
    // @ts-expect-error There is no such field.
    state.plan.where({}).orderBy('nn')
    // @ts-expect-error There is no such direction.
    state.plan.where({}).orderBy('size', 'up')
    // @ts-expect-error There is no such field.
    state.plan.groupBy('nn')
    return state.task.where({
      tags: { contains: 'p' },
      n: { gte: 1, lt: 2 },
      title: { prefix: 'x' },
      or: [{ n: 1 }, { state: null }],
    })
  })
})

test('transactions pair each operation with its type and its answer', () => {
  never(async (state) => {
    const { results } = await state.transact([
      { op: 'create', type: 'plan', data: { name: 'x' } },
      { op: 'delete', type: 'task', id: 'a' },
      { op: 'update', type: 'task', id: 'b', changes: { n: 1 }, unset: ['title'] },
    ])
    expectTypeOf(results[0].name).toEqualTypeOf<string>()
    expectTypeOf(results[1]).toEqualTypeOf<{ readonly id: string; readonly rev: number }>()
    expectTypeOf(results[2].n).toEqualTypeOf<number | undefined>()
    // @ts-expect-error The data of another type.
    state.transact([{ op: 'create', type: 'plan', data: { id: 'a', n: 1 } }])
    // @ts-expect-error There is no such operation.
    state.transact([{ op: 'upsert', type: 'plan', data: { name: 'x' } }])
    // @ts-expect-error There is no such type.
    state.transact([{ op: 'delete', type: 'tsak', id: 'a' }])
  })
})

test('snapshots and history are typed as the store', () => {
  never(async (state) => {
    const snapshot = await state.snapshot()
    expectTypeOf((await snapshot.task.where({}).all())[0]?.n).toEqualTypeOf<number | undefined>()
    for await (const { record } of state.plan.history('x'))
      expectTypeOf(record?.name).toEqualTypeOf<string | undefined>()
    // @ts-expect-error There is no such field.
    snapshot.plan.where({ nn: 1 })
  })
})
