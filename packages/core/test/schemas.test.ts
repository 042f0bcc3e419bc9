import type { Schema } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { validating } from './loose-schema.ts'
import { openOneType, type Thing } from './one-type.ts'
import { rawLog } from './raw-log.ts'

/** A schema that gives out its promises, for the test to settle in any order. */
function heldSchema(): {
  schema: Schema<Thing>
  asked: Thing[]
  yes: (at: number) => void
  no: (at: number, why: unknown) => void
} {
  const asked: Thing[] = []
  const settle: { yes: () => void; no: (why: unknown) => void }[] = []
  const schema = validating<Thing>(
    (value) =>
      new Promise((resolve, reject) => {
        asked.push(value)
        settle.push({ yes: () => resolve({ value }), no: reject })
      }),
  )
  return { schema, asked, yes: (at) => settle[at]?.yes(), no: (at, why) => settle[at]?.no(why) }
}

/** A promise of another library. */
function thenable(then: (yes: (answer: unknown) => void, no: (why: unknown) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then })
}

const noAnswers: [what: string, answer: () => unknown][] = [
  [
    'throws an error',
    () => {
      throw new Error('broken')
    },
  ],
  [
    'throws a text',
    () => {
      throw 'broken'
    },
  ],
  [
    'throws nothing',
    () => {
      throw undefined
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
  ['rejects with nothing', () => Promise.reject()],
  ['answers with nothing', () => undefined],
  ['answers with null', () => null],
  ['answers with true', () => true],
  ['answers with an empty object', () => ({})],
  ['answers with issues that are no list', () => ({ issues: 'none' })],
  ['answers with nothing, later', () => Promise.resolve(undefined)],
  ['answers with no issues in a list of issues', () => ({ issues: [] })],
  ['answers with issues of no shape', () => ({ issues: [{ message: 7, path: 'a' }] })],
  ["answers with another library's promise that says no", () => thenable((_, no) => no('no'))],
  ['answers with a promise of nothing', () => thenable((yes) => yes({}))],
]

describe.each(noAnswers)('a schema that %s', (_, answer) => {
  test('has not said yes: INVALID, and nothing is written', async () => {
    const { state, storage } = await openOneType({ schema: validating(() => answer() as never) })
    expect(await codeOf(state.thing.create({ id: 'x' }))).toBe('INVALID')
    expect(await codeOf(state.thing.createMany([{ id: 'x' }, { id: 'y' }]))).toBe('INVALID')
    expect(await rawLog(storage)).toEqual([])
    await state.close()
  })
})

test('a refusal names each issue, its path and its message', async () => {
  const issues = [{ message: 'too old', path: ['a', { key: 0 }, 'deep'] }, { message: 'no' }]
  const { state } = await openOneType({ schema: validating(() => ({ issues })) })
  const error: unknown = await state.thing.create({ id: 'x' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'INVALID',
    message: 'expected a valid thing, found a.0.deep: too old; no',
    details: {
      type: 'thing',
      issues: [
        { path: 'a.0.deep', message: 'too old' },
        { path: '', message: 'no' },
      ],
    },
  })
  await state.close()
})

test('what a schema fills in is stored, what it changes is not, and system fields are not its own', async () => {
  const schema = validating<Thing>((value) => ({
    value: { ...value, a: 'changed', b: 'filled', id: 'mine', rev: 9, created_at: 'now' } as Thing,
  }))
  const { state } = await openOneType({ schema })
  expect(await state.thing.create({ id: 'x', a: 'given' })).toMatchObject({ id: 'x', rev: 1, a: 'given', b: 'filled' })
  expect((await state.thing.get('x'))?.created_at).toBe('2026-01-31T10:00:00.000Z')
  await state.close()
})

test('a default that JSON cannot hold is INVALID', async () => {
  for (const b of [Number.NaN, () => 1, new Date()]) {
    const { state } = await openOneType({ schema: validating<Thing>((value) => ({ value: { ...value, b } })) })
    expect(await codeOf(state.thing.create({ id: 'x' }))).toBe('INVALID')
    await state.close()
    const { state: slow } = await openOneType({
      schema: validating<Thing>(async (value) => ({ value: { ...value, b } })),
    })
    expect(await codeOf(slow.thing.create({ id: 'x' }))).toBe('INVALID')
    await slow.close()
  }
})

test("a schema sees the fields without the system's, frozen, and the whole record at an update", async () => {
  const seen: object[] = []
  const { state } = await openOneType({
    schema: validating<Thing>((value) => {
      seen.push(value)
      return { value }
    }),
  })
  await state.thing.create({ id: 'x', a: 1, created_at: '2020-01-01T00:00:00Z' })
  await state.thing.update('x', { b: 2 })
  await state.thing.update('x', { b: 3 }, { unset: ['a'] })
  expect(seen).toEqual([{ a: 1 }, { a: 1, b: 2 }, { b: 3 }])
  expect(Object.isFrozen(seen[0])).toBe(true)
  await state.close()
})

test('schemas that answer out of order leave the calls in theirs', async () => {
  const { schema, yes } = heldSchema()
  const { state } = await openOneType({ schema })
  const calls = [
    state.thing.create({ id: 'x', a: 1 }),
    state.thing.create({ id: 'y', a: 2 }),
    state.thing.delete('x'),
    state.thing.create({ id: 'x', a: 3 }),
  ]
  yes(2)
  yes(1)
  yes(0)
  const answers = await Promise.all(calls)
  expect(answers.map(({ id, rev }) => [id, rev])).toEqual([
    ['x', 1],
    ['y', 1],
    ['x', 2],
    ['x', 3],
  ])
  expect((await state.thing.get('x'))?.a).toBe(3)
  await state.close()
})

test('a schema that says no later refuses only its own call', async () => {
  const { schema, yes, no } = heldSchema()
  const { state } = await openOneType({ schema })
  const first = codeOf(state.thing.create({ id: 'x' }))
  const second = state.thing.create({ id: 'y' })
  yes(1)
  no(0, new Error('no'))
  expect(await first).toBe('INVALID')
  expect((await second).rev).toBe(1)
  expect(await state.thing.count()).toBe(1)
  await state.close()
})

test('a row refused at once leaves no rejection of another row without a listener', async () => {
  const { schema, no } = heldSchema()
  const { state } = await openOneType({ schema })
  expect(await codeOf(state.thing.createMany([{ id: 'x' }, { id: 'y', a: Number.NaN }]))).toBe('INVALID')
  // Without a listener the run would end with an unhandled rejection.
  no(0, new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
  await state.close()
})

test('an update is judged as it would be, also when it changed while a slow schema was asked', async () => {
  let slow = false
  const schema = validating<Thing>(async (value) => {
    if (slow) await new Promise((resolve) => setImmediate(resolve))
    return (value as Thing).a === 1 && (value as Thing).b === 1 ? { issues: [{ message: 'not both' }] } : { value }
  })
  const { state } = await openOneType({ schema })
  await state.thing.create({ id: 'x' })
  slow = true
  const answers = await Promise.all([
    codeOf(state.thing.update('x', { a: 1 })),
    codeOf(state.thing.update('x', { b: 1 })),
  ])
  expect(answers).toEqual(['none', 'INVALID'])
  await state.close()
})

test('who waits for a slow schema can give up, and the others go on', async () => {
  const { schema, asked, yes } = heldSchema()
  const { state } = await openOneType({ schema, mailbox: { capacity: 3 } })
  const abort = new AbortController()
  const aborted = codeOf(state.thing.create({ id: 'aborted' }, { signal: abort.signal }))
  const late = codeOf(state.thing.create({ id: 'late' }, { timeoutMs: 1 }))
  const behind = state.thing.create({ id: 'behind' })
  expect(await codeOf(state.thing.create({ id: 'one too many' }))).toBe('BUSY')
  expect(asked).toHaveLength(4)
  abort.abort()
  expect([await aborted, await late]).toEqual(['ABORTED', 'TIMEOUT'])
  yes(2)
  expect((await behind).rev).toBe(1)
  expect((await state.thing.where({}).all()).map(({ id }) => id)).toEqual(['behind'])
  await state.close()
})
