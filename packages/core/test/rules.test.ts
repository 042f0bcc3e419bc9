import type { Guard, Rule, RuleReader, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openOneType } from './one-type.ts'
import { rawLog } from './raw-log.ts'

const allIn: Guard['cascade'] = () => [{ type: 'thing', id: 'other', changes: { a: 'cascaded' } }]

test.each([
  ['an error', new Error('broken')],
  ['a text', 'broken'],
  ['nothing', undefined],
  ['something without a text', Object.create(null)],
])('a rule or a guard that throws %s: INVALID, nothing is written, and the store goes on', async (_, thrown) => {
  let armed = false
  const throwing: Rule = () => {
    if (armed) throw thrown
    return undefined
  }
  for (const options of [
    { rules: [throwing] },
    { guards: [{ check: throwing }] },
    { guards: [{ check: refusing, cascade: throwingCascade }] },
  ]) {
    armed = false
    const { state, storage } = await openOneType(options)
    await state.thing.create({ id: 'x' })
    armed = true
    expect(await codeOf(state.thing.update('x', { a: 1 }, { cascade: true }))).toBe('INVALID')
    expect(await rawLog(storage)).toHaveLength(1)
    armed = false
    expect((await state.thing.create({ id: 'y' })).rev).toBe(1)
    await state.close()
  }
  function refusing(): ReturnType<Rule> {
    return armed ? { code: 'RESTRICTED', message: 'no' } : undefined
  }
  function throwingCascade(): never {
    throw thrown
  }
})

test.each(['INVALID', 'INVALID_REFERENCE', 'RESTRICTED', 'ILLEGAL_TRANSITION'] as const)(
  'a violation keeps its code, words and details: %s',
  async (code) => {
    const { state, storage } = await openOneType({
      rules: [() => ({ code, message: 'in my own words', details: { mine: 1 } })],
    })
    await expect(state.thing.create({ id: 'x' })).rejects.toMatchObject({
      code,
      message: 'in my own words',
      details: { mine: 1 },
    })
    expect(await rawLog(storage)).toEqual([])
    await state.close()
  },
)

describe('what a rule sees', () => {
  const watching = (look: (reader: RuleReader) => unknown): { rule: Rule; seen: unknown[] } => {
    const seen: unknown[] = []
    return { seen, rule: (_, reader) => void seen.push(look(reader)) }
  }
  const values = (records: readonly StoredRecord[]): unknown[] => records.map(({ id, a }) => [id, a])

  test('the record that is written is there as it was before, and not as it will be', async () => {
    const { rule, seen } = watching((reader) => [
      reader.get('thing', 'x')?.a,
      values(reader.referring('thing', 'b', 'peer')),
    ])
    const { state } = await openOneType({ rules: [rule], indexes: ['b'] })
    await state.thing.create({ id: 'x', a: 1, b: 'peer' })
    await state.thing.update('x', { a: 2 })
    await state.thing.update('x', { b: 'other' })
    await state.thing.delete('x')
    await state.thing.restore('x')
    expect(seen).toEqual([
      [undefined, []],
      [1, [['x', 1]]],
      [2, [['x', 2]]],
      [2, []],
      [undefined, []],
    ])
    await state.close()
  })

  test('so a rule that no two may share a value can be written as it reads', async () => {
    const unique: Rule = ({ after }, reader) =>
      after !== undefined && reader.referring('thing', 'a', String(after.a)).some(({ id }) => id !== after.id)
        ? { code: 'INVALID', message: 'taken' }
        : undefined
    const { state } = await openOneType({ rules: [unique], indexes: ['a'] })
    const answers = await Promise.all([
      codeOf(state.thing.create({ id: 'x', a: 'one' })),
      codeOf(state.thing.create({ id: 'y', a: 'one' })),
      codeOf(state.thing.create({ id: 'z', a: 'two' })),
      codeOf(state.thing.update('z', { b: 1 })),
    ])
    expect(answers).toEqual(['none', 'INVALID', 'none', 'none'])
    await state.close()
  })

  test('decided writes are there before they are durable, and so are earlier operations of the same transaction', async () => {
    const { rule, seen } = watching((reader) => ['x', 'y'].map((id) => reader.get('thing', id)?.a))
    const { state } = await openOneType({ rules: [rule] })
    await Promise.all([
      state.thing.create({ id: 'x', a: 1 }),
      state.thing.create({ id: 'y', a: 2 }),
      state.transact([
        { op: 'update', type: 'thing', id: 'x', changes: { a: 3 } },
        { op: 'update', type: 'thing', id: 'y', changes: { a: 4 } },
      ]),
    ])
    expect(seen).toEqual([
      [undefined, undefined],
      [1, undefined],
      [1, 2],
      [3, 2],
    ])
    await state.close()
  })

  test('nothing of a type that there is not', async () => {
    const { rule, seen } = watching((reader) => [reader.get('none', 'x'), reader.referring('none', 'a', 'x')])
    const { state } = await openOneType({ rules: [rule] })
    await state.thing.create({ id: 'x' })
    expect(seen).toEqual([[undefined, []]])
    expect(Object.keys((await state.stats()).recordsByType)).toEqual(['thing'])
    await state.close()
  })
})

describe('a guard', () => {
  const guard: Guard = {
    check: ({ after, type }, reader) =>
      after?.a === 'go' && reader.get(type, 'other')?.a !== 'cascaded'
        ? { code: 'RESTRICTED', message: 'not yet' }
        : undefined,
    cascade: allIn,
  }

  test('refuses; is skipped with force and a reason, which the log keeps; is satisfied by a cascade in one commit', async () => {
    const { state, storage } = await openOneType({ guards: [guard] })
    await state.thing.createMany([{ id: 'x' }, { id: 'y' }, { id: 'other' }])
    expect(await codeOf(state.thing.update('x', { a: 'go' }))).toBe('RESTRICTED')
    await state.thing.update('x', { a: 'go' }, { force: true, reason: 'it "must"' })
    await state.thing.update('y', { a: 'go' }, { cascade: true })
    const lines = (await rawLog(storage)).slice(1)
    expect(lines[0]).toMatch(/"rev":2,"prev":1,"force":"it \\"must\\""}$/)
    expect(JSON.parse(lines[1] ?? '').data.ops.map(({ id, changes }: StoredRecord) => [id, changes])).toEqual([
      ['y', { a: 'go' }],
      ['other', { a: 'cascaded' }],
    ])
    expect(lines).toHaveLength(2)
    await state.close()
  })

  test('that its cascade does not satisfy refuses the whole', async () => {
    const stubborn: Guard = {
      check: ({ after }) => (after?.a === 'go' ? { code: 'RESTRICTED', message: 'never' } : undefined),
      cascade: allIn,
    }
    const { state, storage } = await openOneType({ guards: [stubborn] })
    await state.thing.createMany([{ id: 'x' }, { id: 'other' }])
    expect(await codeOf(state.thing.update('x', { a: 'go' }, { cascade: true }))).toBe('RESTRICTED')
    expect(await rawLog(storage)).toHaveLength(1)
    expect((await state.thing.get('other'))?.a).toBeUndefined()
    await state.close()
  })

  test('a cascade to what is not there is NOT_FOUND, one that goes round in circles ends', async () => {
    const { state } = await openOneType({ guards: [guard] })
    await state.thing.create({ id: 'x' })
    expect(await codeOf(state.thing.update('x', { a: 'go' }, { cascade: true }))).toBe('NOT_FOUND')
    await state.close()
    let n = 0
    const endless: Guard = {
      check: () => ({ code: 'RESTRICTED', message: 'never' }),
      cascade: ({ after }) => [{ type: 'thing', id: after?.id ?? '', changes: { a: `${n++}` } }],
    }
    const { state: round } = await openOneType({ guards: [endless] })
    await round.thing.create({ id: 'x' })
    expect(await codeOf(round.thing.update('x', { a: 'go' }, { cascade: true }))).toBe('INVALID')
    expect((await round.thing.get('x'))?.rev).toBe(1)
    await round.close()
  })
})

describe('a table of transitions', () => {
  const status = { field: 'status', initial: 'new', transitions: { new: ['old'], old: [] } } as const

  test('allows what it lists, and says what it would allow', async () => {
    const { state } = await openOneType({ status })
    expect((await state.thing.create({ id: 'x' })).status).toBe('new')
    expect(await state.thing.update('x', { status: 'new', a: 1 })).toMatchObject({ rev: 2 })
    await state.thing.update('x', { status: 'old' })
    await expect(state.thing.update('x', { status: 'new' })).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'expected thing x to go from old to nothing further, found new',
      details: { from: 'old', to: 'new', allowed: [] },
    })
    await state.close()
  })

  test.each(['odd', 'toString', '__proto__', '', null, 7, ['new']])('knows no other status: %j', async (odd) => {
    const { state, storage } = await openOneType({ status })
    const given = { status: odd as string }
    expect(await codeOf(state.thing.create({ id: 'x', ...given }))).toBe('INVALID')
    await state.thing.create({ id: 'x' })
    expect(await codeOf(state.thing.update('x', given))).toBe('ILLEGAL_TRANSITION')
    expect(await codeOf(state.thing.update('x', given, { force: true, reason: 'r' }))).toBe('ILLEGAL_TRANSITION')
    expect(await codeOf(state.thing.update('x', {}, { unset: ['status'] }))).toBe('ILLEGAL_TRANSITION')
    expect(await rawLog(storage)).toHaveLength(1)
    await state.close()
  })

  test('a record may begin in any status of it', async () => {
    const { state } = await openOneType({ status })
    expect((await state.thing.create({ id: 'x', status: 'old' })).status).toBe('old')
    await state.close()
  })
})
