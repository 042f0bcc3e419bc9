import { limits } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'
import { refused } from './refused.ts'

const cycle: Record<string, unknown> = {}
cycle.self = cycle
const ring: unknown[] = []
ring.push([ring])

class Money {
  readonly amount = 1
}

function nested(depth: number): unknown {
  return depth === 0 ? 'end' : { deeper: nested(depth - 1) }
}

const notJson: [what: string, value: unknown][] = [
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['a bigint', 1n],
  ['a symbol', Symbol('s')],
  ['a function', () => 1],
  ['a Date', new Date(0)],
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['bytes', new Uint8Array(2)],
  ['a regular expression', /x/],
  ['a promise', Promise.resolve(1)],
  ['an object of a class', new Money()],
  ['a boxed text', Object('text')],
  ['a cycle of objects', cycle],
  ['a cycle of lists', ring],
  ['a hole in a list', new Array(2)],
  ['a symbol as a key', { [Symbol('s')]: 1 }],
  ['65 levels', nested(limits.depth)],
  ['an own __proto__', JSON.parse('{"__proto__":{"polluted":1}}')],
  ['an own constructor', { constructor: { prototype: { polluted: 1 } } }],
  ['an own prototype', { prototype: 1 }],
]

describe.each(notJson)('%s', (_, value) => {
  test('is INVALID wherever it stands, and names the place', async () => {
    const store = await openTiny()
    const { state } = store
    await state.note.create({ id: 'there', text: 'x' })
    for (const field of [value, [value], { deep: [{ er: value }] }]) {
      const data = { id: 'a', field } as never
      const changes = { field } as never
      const create = await refused(store, 'INVALID', () => state.note.create(data))
      expect(create.message).toContain('data.field')
      await refused(store, 'INVALID', () => state.note.update('there', changes))
      await refused(store, 'INVALID', () => state.note.createMany([{ id: 'b' }, data]))
      await refused(store, 'INVALID', () => state.note.updateMany([{ id: 'there', changes }]))
      const row = await refused(store, 'INVALID', () =>
        state.transact([
          { op: 'create', type: 'note', data: { id: 'b' } },
          { op: 'create', type: 'note', data },
        ]),
      )
      expect(row.details.row).toBe(1)
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    await state.close()
  })
})

test('a record, changes and rows are plain objects', async () => {
  const store = await openTiny()
  const { state } = store
  await state.note.create({ id: 'there' })
  for (const value of [undefined, null, 7, 'text', [], new Map(), new Money(), () => ({ id: 'a' })]) {
    const data = value as never
    await refused(store, 'INVALID', () => state.note.create(data))
    await refused(store, 'INVALID', () => state.note.update('there', data))
    await refused(store, 'INVALID', () => state.note.createMany([data]))
    await refused(store, 'INVALID', () => state.ask('updateMany', { type: 'note', updates: [data] }))
    await refused(store, 'INVALID', () => state.ask('transact', { operations: [data] }))
  }
  await refused(store, 'INVALID', () => state.ask('createMany', { type: 'note', rows: new Array(1) as never }))
  await refused(store, 'INVALID', () => state.ask('transact', { operations: new Array(1) as never }))
  await state.close()
})

test('what is too long is TOO_LARGE', async () => {
  const store = await openTiny()
  const { state } = store
  await state.note.create({ id: 'there' })
  const text = 'x'.repeat(limits.textChars + 1)
  await refused(store, 'TOO_LARGE', () => state.note.create({ id: 'a', text }))
  await refused(store, 'TOO_LARGE', () => state.note.update('there', { text }))
  // The text fits, the line does not.
  await refused(store, 'TOO_LARGE', () => state.note.create({ id: 'a', text: text.slice(1) }))
  const keys = Object.fromEntries(Array.from({ length: limits.keysPerObject + 1 }, (_, n) => [`k${n}`, n]))
  await refused(store, 'TOO_LARGE', () => state.note.create({ id: 'a', keys } as never))
  const third = 'x'.repeat(limits.commitBytes / 3)
  const operations = ['a', 'b', 'c'].map((id) => ({ op: 'create', type: 'note', data: { id, text: third } }) as const)
  await refused(store, 'TOO_LARGE', () => state.transact(operations))
  await state.close()
})

test('what is just short enough is kept as it is', async () => {
  const { state } = await openTiny()
  const deep = nested(limits.depth - 1)
  const odd = {
    id: 'a',
    deep,
    zero: -0,
    tiny: 5e-324,
    huge: 1.7976931348623157e308,
    lone: '\ud800',
    nul: '\0',
    '': 1,
    ' and ': null,
  }
  const made = await state.note.create(odd as never)
  expect(made).toMatchObject({ ...odd, zero: 0 })
  expect(Object.is((made as never as { zero: number }).zero, 0)).toBe(true)
  await state.note.create({ ...Object.assign(Object.create(null), { id: 'b', text: 'no prototype' }) })
  await state.close()
})

test('a broken text is kept as it was given, also behind a restart', async () => {
  const { state, storage } = await openTiny()
  const made = await state.note.create({
    id: 'a',
    text: 'lone \ud800 and \udc00\ud800',
    ['k\udfff' as string]: 1,
  } as never)
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect(await again.note.get('a')).toEqual(made)
  await again.close()
})
