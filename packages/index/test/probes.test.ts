import { hasCode, limits, type StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'

const at = '2024-01-20T10:00:00.000Z'
const record = (id: string, fields: object): StoredRecord => ({ id, rev: 1, created_at: at, updated_at: at, ...fields })
const compound = () => compoundIndex({ name: 'status+at', fields: ['status', 'updated_at'], kinds: ['value', 'time'] })

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a probe', () => {
  test('without a value for every leading field is refused, never answered in part', () => {
    for (const index of [compound(), equalityIndex({ name: 'a', field: 'a', kind: 'value' })]) {
      for (const equal of [[], [['x'], ['y']]]) {
        for (const ask of [() => [...index.lookup({ equal })], () => index.estimate({ equal })]) {
          expect(hasCode(thrownBy(ask), 'UNSUPPORTED')).toBe(true)
        }
      }
    }
  })

  test('for an order of several groups at once is refused', () => {
    for (const equal of [[], [[]], [['x', 'y']]]) {
      expect(
        hasCode(
          thrownBy(() => compound().sorted?.scan('asc', { equal })),
          'UNSUPPORTED',
        ),
      ).toBe(true)
    }
  })

  test('is not mistaken for one whose values, written one behind the other, are the same', () => {
    const index = compoundIndex({ name: 'abc', fields: ['a', 'b', 'c'], kinds: ['value', 'value', 'value'] })
    index.update(0, undefined, record('x', { a: 'on', b: 'e' }))
    index.update(1, undefined, record('y', { a: 'o', b: 'ne' }))
    expect([...index.lookup({ equal: [['o'], ['ne']] })]).toEqual([1])
  })

  test('with more combinations than the limit is answered with every entry', () => {
    const index = compoundIndex({ name: 'abc', fields: ['a', 'b', 'c'], kinds: ['value', 'value', 'value'] })
    const equality = equalityIndex({ name: 'a', field: 'a', kind: 'value' })
    const relation = relationIndex({ name: 'a →', field: 'a' })
    for (const one of [index, equality, relation]) one.update(0, undefined, record('x', { a: 'no', b: 'no' }))
    const many = Array.from({ length: limits.inValues }, (_, n) => n)
    expect([...index.lookup({ equal: [many, [1, 2]] })]).toEqual([0])
    for (const one of [equality, relation]) {
      expect([...one.lookup({ equal: [[...many, -1]] })]).toEqual([0])
      expect(one.estimate({ equal: [[...many, -1]] })).toBe(1)
      expect([...one.lookup({ equal: [many] })]).toEqual([])
    }
  })
})

describe('an update', () => {
  test('that leaves the fields of an index alone leaves the index alone', () => {
    const ids = {
      compare: () => {
        throw new Error('the order was looked at')
      },
      compareText: () => 0,
    }
    const index = compoundIndex({ name: 'i', fields: ['a', 'b'], kinds: ['value', 'value'], ids })
    const order = orderedIndex({ name: 'o', field: 'a', kind: 'value', ids })
    const before = record('x', { a: 1, b: 2 })
    index.update(0, undefined, before)
    order.update(0, undefined, before)
    expect(() => index.update(0, before, { ...before, c: 3 })).not.toThrow()
    expect(() => order.update(0, before, { ...before, b: 3 })).not.toThrow()
    expect(() => order.update(0, before, { ...before, a: 3 })).toThrow('looked at')
  })

  test('that only writes the same value in another way keeps the record', () => {
    const index = equalityIndex({ name: 'due', field: 'due', kind: 'time' })
    const before = record('x', { due: '2024-01-20T10:00:00Z' })
    const after = record('x', { due: '2024-01-20T12:00:00+02:00' })
    index.update(0, undefined, before)
    index.update(0, before, after)
    expect([...index.lookup({ equal: [[at]] })]).toEqual([0])
    expect(index.estimate({ equal: [[at]] })).toBe(1)
  })

  test('moves a slot from where it stands, even when told a former value that is wrong', () => {
    const index = equalityIndex({ name: 'a', field: 'a', kind: 'value' })
    index.update(0, undefined, record('x', { a: 'one' }))
    index.update(0, record('x', { a: 'other' }), record('x', { a: 'two' }))
    expect([...index.lookup({ equal: [['one']] })]).toEqual([])
    expect([...index.lookup({ equal: [['two']] })]).toEqual([0])
    expect(index.size()).toBe(1)
  })
})

test('instants are not counted: which of the texts that name one would it be?', () => {
  const time = compoundIndex({ name: 'due+a', fields: ['due', 'a'], kinds: ['time', 'value'] })
  expect([time.counters, equalityIndex({ name: 'due', field: 'due', kind: 'time' }).counters]).toEqual([
    undefined,
    undefined,
  ])
})

test('texts in a relation are told of while there are any', () => {
  const index = relationIndex({ name: 'a →', field: 'a' })
  const text = record('x', { a: 'text' })
  const list = record('x', { a: ['text'] })
  expect(index.membership?.holdsTexts()).toBe(false)
  index.update(0, undefined, text)
  index.update(1, undefined, list)
  expect(index.membership?.holdsTexts()).toBe(true)
  index.update(0, text, list)
  expect(index.membership?.holdsTexts()).toBe(false)
  index.update(1, list, text)
  index.update(1, text, undefined)
  expect(index.membership?.holdsTexts()).toBe(false)
  index.update(1, undefined, text)
  index.clear()
  expect(index.membership?.holdsTexts()).toBe(false)
})
