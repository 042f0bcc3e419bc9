import type { Expectation } from '@stateward/contract'
import { limits } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'

const task = { type: 'task' } as const

/** Writes a mark where the expectations hold; the code otherwise. */
async function marked(state: TinyState, expectations: readonly Expectation[], id = 'mark'): Promise<string> {
  const operations = [{ op: 'create', ...task, data: { id } }] as const
  return codeOf(state.ask('transact', { operations, expect: expectations }))
}

test('what is expected is looked at together with the commit, and each condition that does not hold is named', async () => {
  const { state } = await openTiny()
  await state.task.createMany([{ id: 'a', n: 1, due: '2024-01-01T00:00:00Z' }, { id: 'b', title: 'x' }, { id: 'gone' }])
  await state.task.delete('gone')
  const { seq } = await state.transact([{ op: 'update', ...task, id: 'b', changes: { title: 'y' } }], {
    expect: [
      { ...task, id: 'a', exists: true, rev: 1, fields: { n: 1, due: '2024-01-01T01:00:00+01:00' }, unset: ['title'] },
      { ...task, id: 'gone', exists: false },
      { ...task, id: 'never', exists: false },
      { ...task, id: 'b', fields: { title: 'x' } },
    ],
  })
  const failing = state.transact([{ op: 'create', ...task, data: { id: 'c' } }], {
    expect: [
      { ...task, id: 'b', exists: true },
      { ...task, id: 'b', rev: 1, fields: { title: 'x', n: 1 }, unset: ['title'] },
      { ...task, id: 'a', exists: false },
      { ...task, id: 'gone', exists: true },
    ],
  })
  const b = { ...task, id: 'b', expectation: 1, currentRev: 2 }
  await expect(failing).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'expected task b at rev 1, found rev 2; nothing was written; read again and decide anew',
    details: {
      ...b,
      condition: 'rev',
      count: 6,
      unmet: [
        { ...b, condition: 'rev' },
        { ...b, condition: 'field', field: 'title' },
        { ...b, condition: 'field', field: 'n' },
        { ...b, condition: 'unset', field: 'title' },
        { ...task, id: 'a', condition: 'absent', expectation: 2, currentRev: 1 },
        { ...task, id: 'gone', condition: 'exists', expectation: 3 },
      ],
    },
  })
  expect(await state.task.get('c')).toBeUndefined()
  expect((await state.stats()).lastSeq).toBe(seq)
  await state.close()
})

test('of several that expect the same and are on their way together, one is written', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, n) =>
      state.transact([{ op: 'update', ...task, id: 'a', changes: { n: n + 1 } }], {
        expect: [{ ...task, id: 'a', rev: 1 }],
      }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await state.task.get('a')).toMatchObject({ rev: 2, n: 1 })
  await state.close()
})

test('expectations are about what was there before the operations; sent again with its txid a write is not judged again', async () => {
  const { state } = await openTiny()
  const operations = [
    { op: 'create', ...task, data: { id: 'a', n: 1 } },
    { op: 'update', ...task, id: 'a', changes: { n: 2 } },
  ] as const
  const options = { expect: [{ ...task, id: 'a', exists: false }], txid: 'once' }
  const first = await state.transact(operations, options)
  expect(await state.transact(operations, options)).toEqual(first)
  expect(await codeOf(state.transact(operations, { ...options, txid: 'twice' }))).toBe('CONFLICT')
  expect(await state.transact([], { expect: [{ ...task, id: 'a', fields: { n: 2 } }] })).toEqual({
    seq: 1,
    results: [],
  })
  expect(await codeOf(state.transact([], { expect: [{ ...task, id: 'a', fields: { n: 1 } }] }))).toBe('CONFLICT')
  await state.close()
})

test('records that are not in memory are looked at too', async () => {
  const { state } = await openTiny({ memory: { cacheBytes: 1 } })
  await state.task.createMany(Array.from({ length: 100 }, (_, n) => ({ id: `t${n}`, n })))
  const all = Array.from({ length: 100 }, (_, n) => ({ ...task, id: `t${n}`, fields: { n } }))
  expect(await marked(state, all)).toBe('none')
  expect(await marked(state, [...all, { ...task, id: 't7', fields: { n: 8 } }], 'other')).toBe('CONFLICT')
  await state.close()
})

const malformed: readonly unknown[] = [
  null,
  {},
  { ...task },
  { ...task, id: 'a' },
  { ...task, id: '', exists: true },
  { type: 'nothing', id: 'a', exists: true },
  { type: 'cursor', id: 'a', exists: false },
  { id: 'a', exists: true },
  { ...task, id: 'a', exists: 1 },
  { ...task, id: 'a', exists: false, rev: 1 },
  { ...task, id: 'a', rev: 0 },
  { ...task, id: 'a', rev: '1' },
  { ...task, id: 'a', fields: [] },
  { ...task, id: 'a', fields: { n: () => 1 } },
  { ...task, id: 'a', unset: 'n' },
  { ...task, id: 'a', unset: [1] },
  { ...task, id: 'a', exist: true },
]

test.each(malformed.map((one) => [JSON.stringify(one), one]))('%s is no expectation', async (_, one) => {
  const { state } = await openTiny()
  expect(await marked(state, [one as Expectation])).toBe('INVALID')
  expect((await state.stats()).lastSeq).toBe(0)
  await state.close()
})

test('a list that is none, or too long, is refused, and no other message takes one', async () => {
  const { state } = await openTiny()
  expect(await marked(state, {} as never)).toBe('INVALID')
  expect(await marked(state, new Array(3) as never)).toBe('INVALID')
  const many = Array.from({ length: limits.transactionSteps + 1 }, () => ({ ...task, id: 'a', exists: false }))
  expect(await marked(state, many)).toBe('TOO_LARGE')
  expect(await codeOf(state.ask('create', { ...task, data: { id: 'a' }, expect: [] } as never))).toBe('INVALID')
  await state.close()
})

const ids = ['a', 'b', 'c'] as const
const value = fc.constantFrom(1, 2, null)
const anyExpectation = fc.oneof(
  fc.record({ id: fc.constantFrom(...ids), exists: fc.boolean() }),
  fc.record(
    {
      id: fc.constantFrom(...ids),
      rev: fc.integer({ min: 1, max: 3 }),
      fields: fc.record({ n: value, t: value }, { requiredKeys: [] }),
      unset: fc.subarray(['n', 't']),
    },
    { requiredKeys: ['id', 'fields'] },
  ),
)
const anyHistory = fc.array(
  fc.record({ id: fc.constantFrom(...ids), data: fc.option(fc.record({ n: value, t: value }, { requiredKeys: [] })) }),
  {
    maxLength: 6,
  },
)

test('whatever is expected of whatever there is, the answer is that of the plain look', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(anyExpectation, { maxLength: 4 }), async (history, expected) => {
      const { state } = await openTiny()
      for (const { id, data } of history) {
        const before = await state.note.get(id)
        if (data === null && before !== undefined) await state.note.delete(id)
        else if (data !== null && before === undefined) await state.note.create({ id, ...data })
        else if (data !== null && before !== undefined) await state.note.update(id, { ...data } as never)
      }
      let holds = true
      for (const one of expected) {
        const record = await state.note.get(one.id)
        if ('exists' in one) holds &&= one.exists === (record !== undefined)
        else {
          holds &&= record !== undefined && (one.rev === undefined || one.rev === record.rev)
          for (const [field, wanted] of Object.entries(one.fields))
            holds &&= Reflect.get({ ...record }, field) === wanted
          for (const field of one.unset ?? []) holds &&= !(field in { ...record })
        }
      }
      const expectations = expected.map((one) => ({ type: 'note', ...one }))
      expect(await marked(state, expectations)).toBe(holds ? 'none' : 'CONFLICT')
      await state.close()
    }),
    { numRuns: runs(50) },
  )
})
