import type { JsonObject, Operation } from '@stateward/contract'
import fc from 'fast-check'
import type { Call } from './model-store.ts'

export const planIds: readonly string[] = [1, 2, 3].map((n) => `0190a000-0000-7000-8000-00000000000${n}`)
export const taskIds: readonly string[] = ['a', 'b', 'c', 'd', 'e']
export const linkIds: readonly string[] = ['l1', 'l2']

const planId = fc.constantFrom(...planIds)
const taskId = fc.constantFrom(...taskIds)
const linkId = fc.constantFrom(...linkIds)
/** Mostly what a task holds; now and then what it may not. */
const fields = fc.record(
  {
    title: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom('x', 'y', 'é\u2028', '') },
      { weight: 1, arbitrary: fc.constant(7) },
    ),
    n: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0, 1, 2, -1, 0.5, 1e21, -0) },
      { weight: 1, arbitrary: fc.constant('one') },
    ),
    state: fc.constantFrom('open', 'closed'),
    plan_id: planId,
    parent: taskId,
    after: fc.uniqueArray(taskId, { maxLength: 3 }),
    due: fc.constantFrom(
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00.000000001+01:00',
      '2025-12-31T23:59:60Z',
      'never',
    ),
    tags: fc.constantFrom(['p'], ['p', 'q'], []),
    extra: fc.constantFrom(null, { deep: [1, { er: 'x' }] }, { er: 1, deep: 2 }, 'text'),
    updated_at: fc.constantFrom('2026-01-31T10:00:00.000Z', '2026-01-31T12:00:00.123456789+02:00'),
    created_at: fc.constantFrom('2026-01-31T10:00:00.000Z', '2020-02-29T00:00:00-00:30'),
  },
  { requiredKeys: [] },
)
/** A few keys of a task's fields, so that most calls are not refused. */
const someFields = fc
  .tuple(
    fields,
    fc.subarray(
      ['title', 'n', 'state', 'plan_id', 'parent', 'after', 'due', 'tags', 'extra', 'updated_at', 'created_at'],
      { maxLength: 3 },
    ),
  )
  .map(([all, keys]) => Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key))) as JsonObject)
const planFields = fc.record(
  { name: fc.constantFrom('p', 'q'), status: fc.constantFrom('draft', 'open', 'done') },
  { requiredKeys: [] },
)
const expected = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ expectedRev: fc.integer({ min: 1, max: 4 }) }) },
)
const guarded = fc.constantFrom({}, {}, { cascade: true }, { force: true, reason: 'because' })
const unset = fc.oneof(
  { weight: 4, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.subarray(['title', 'n', 'plan_id', 'parent', 'extra', 'absent'], { maxLength: 2 }) },
)

const taskCreation = fc
  .tuple(taskId, someFields)
  .map(([id, data]): Operation => ({ op: 'create', type: 'task', data: { ...data, id } }))
const taskUpdate = fc.tuple(taskId, someFields, unset, expected).map(([id, changes, unset, expected]): Operation => {
  const free = unset.filter((field) => !Object.hasOwn(changes, field))
  return { op: 'update', type: 'task', id, changes, ...(free.length > 0 && { unset: free }), ...expected }
})
const taskDeletion = fc
  .tuple(taskId, expected, guarded)
  .map(([id, expected, guard]): Operation => ({ op: 'delete', type: 'task', id, ...expected, ...guard }))
const planCreation = fc
  .tuple(planId, planFields)
  .map(([id, data]): Operation => ({ op: 'create', type: 'plan', data: { name: 'p', ...data, id } }))
const planUpdate = fc
  .tuple(planId, planFields, expected, guarded)
  .map(
    ([id, changes, expected, guard]): Operation => ({ op: 'update', type: 'plan', id, changes, ...expected, ...guard }),
  )
const planDeletion = fc
  .tuple(planId, guarded)
  .map(([id, guard]): Operation => ({ op: 'delete', type: 'plan', id, ...guard }))
const linkCreation = fc
  .tuple(
    linkId,
    fc.oneof(
      planId.map((id) => ['plan', id] as const),
      taskId.map((id) => ['task', id] as const),
    ),
  )
  .map(
    ([id, [target_type, target_id]]): Operation => ({
      op: 'create',
      type: 'link',
      data: { id, target_type, target_id },
    }),
  )
const restoration = fc
  .oneof(
    taskId.map((id) => ['task', id] as const),
    planId.map((id) => ['plan', id] as const),
    linkId.map((id) => ['link', id] as const),
  )
  .map(([type, id]): Operation => ({ op: 'restore', type, id }))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: taskCreation },
  { weight: 10, arbitrary: taskUpdate },
  { weight: 2, arbitrary: taskDeletion },
  { weight: 2, arbitrary: planCreation },
  { weight: 4, arbitrary: planUpdate },
  { weight: 1, arbitrary: planDeletion },
  { weight: 1, arbitrary: linkCreation },
  { weight: 2, arbitrary: restoration },
)

const many = fc
  .oneof(
    fc.array(taskCreation, { maxLength: 4 }),
    fc.array(taskUpdate, { maxLength: 4 }),
    // The options of a bulk deletion are those of the whole.
    fc.array(
      taskId.map((id): Operation => ({ op: 'delete', type: 'task', id })),
      { maxLength: 3 },
    ),
  )
  .map((ops): Call => ({ kind: 'many', ops }))

export const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: operation.map((op): Call => ({ kind: 'one', op })) },
  { weight: 2, arbitrary: fc.array(operation, { maxLength: 6 }).map((ops): Call => ({ kind: 'transact', ops })) },
  { weight: 2, arbitrary: many },
)

/** Every plan and task, so that what follows has something to work on. */
export const population: Call = {
  kind: 'transact',
  ops: [
    ...planIds.map((id): Operation => ({ op: 'create', type: 'plan', data: { id, name: 'p' } })),
    ...taskIds.map((id, n): Operation => ({ op: 'create', type: 'task', data: { id, n, title: 'x', state: 'open' } })),
  ],
}

/** Brings back, one by one, whatever was deleted. */
export const revival: readonly Call[] = [
  ...planIds.map((id): Call => ({ kind: 'one', op: { op: 'restore', type: 'plan', id } })),
  ...taskIds.map((id): Call => ({ kind: 'one', op: { op: 'restore', type: 'task', id } })),
]
