import type { StoredRecord, Violation } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { dependencyRule } from '../src/dependency-rule.ts'
import { MapReader } from './map-reader.ts'
import { specRecord } from './records.ts'

const judge = (
  reader: MapReader,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): Violation | undefined => dependencyRule({ type: 'spec', before, after }, reader)

const storeOf = (...specs: readonly StoredRecord[]): MapReader => {
  const reader = new MapReader()
  for (const spec of specs) reader.put('spec', spec)
  return reader
}

const change = (reader: MapReader, id: string, fields: Parameters<typeof specRecord>[1]): Violation | undefined => {
  const before = reader.get('spec', id)
  if (before === undefined) throw new Error(`the test names no spec ${id}`)
  return judge(reader, before, { ...before, ...fields })
}

describe('what a write adds', () => {
  test('may be specs of the same plan, in any number', () => {
    const reader = storeOf(specRecord('a'), specRecord('b'), specRecord('s'))
    expect(change(reader, 's', { dependencies: ['b', 'a'] })).toBeUndefined()
    expect(judge(reader, undefined, specRecord('new', { dependencies: ['a', 's'] }))).toBeUndefined()
  })

  test.each([
    { why: 'named twice', dependencies: ['a', 'b', 'a'], id: 'a', reason: 'duplicate' },
    { why: 'the spec itself', dependencies: ['a', 's'], id: 's', reason: 'self' },
    { why: 'no spec', dependencies: ['a', 'gone'], id: 'gone', reason: 'missing' },
    { why: 'of another plan', dependencies: ['a', 'far'], id: 'far', reason: 'other-plan' },
  ])('may not be $why', ({ dependencies, id, reason }) => {
    const reader = storeOf(specRecord('a'), specRecord('b'), specRecord('s'), specRecord('far', { plan_id: 'q' }))
    const violation = change(reader, 's', { dependencies })
    expect(violation?.code).toBe('INVALID_REFERENCE')
    expect(violation?.details).toEqual({ field: 'dependencies', id, reason })
    expect(violation?.message).toContain(id)
  })

  test('may not lead back; the shortest way round is named in order', () => {
    const reader = storeOf(
      specRecord('s'),
      specRecord('a', { dependencies: ['b', 'd'] }),
      specRecord('b', { dependencies: ['c'] }),
      specRecord('c', { dependencies: ['s'] }),
      specRecord('d', { dependencies: ['s'] }),
    )
    const violation = change(reader, 's', { dependencies: ['a'] })
    expect(violation?.code).toBe('INVALID_REFERENCE')
    expect(violation?.details).toEqual({ cycle: ['s', 'a', 'd'] })
    expect(violation?.message).toContain('cycle of 3 specs')
  })

  test('may lead along a way as long as one likes', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => specRecord(`c${at}`, { dependencies: [`c${at + 1}`] }))
    const reader = storeOf(...chain, specRecord('c20000'), specRecord('s'))
    expect(change(reader, 's', { dependencies: ['c0'] })).toBeUndefined()
    reader.put('spec', specRecord('c20000', { dependencies: ['s'] }))
    expect(change(reader, 's', { dependencies: ['c0'] })?.details?.cycle).toHaveLength(20_002)
  })
})

describe('what was there before', () => {
  test('may have been deleted since', () => {
    const reader = storeOf(specRecord('s', { dependencies: ['gone'] }), specRecord('a'))
    expect(change(reader, 's', { name: 'x' })).toBeUndefined()
    expect(change(reader, 's', { dependencies: ['gone', 'a'] })).toBeUndefined()
    expect(change(reader, 's', { dependencies: [] })).toBeUndefined()
    expect(change(reader, 's', { plan_id: 'q' })).toBeUndefined()
  })

  test('is not judged again by a write to another field', () => {
    const reader = storeOf(specRecord('s', { dependencies: ['far', 'far', 's'] }), specRecord('far', { plan_id: 'q' }))
    expect(change(reader, 's', { name: 'x', status: 'running' })).toBeUndefined()
  })
})

describe('a spec that moves to another plan', () => {
  const reader = storeOf(
    specRecord('s', { dependencies: ['a'] }),
    specRecord('a'),
    specRecord('above', { dependencies: ['free'] }),
    specRecord('free'),
    specRecord('there', { plan_id: 'q' }),
  )

  test('leaves no dependency behind', () => {
    const details = { field: 'dependencies', id: 'a', reason: 'other-plan' }
    expect(change(reader, 's', { plan_id: 'q' })?.details).toEqual(details)
    expect(change(reader, 's', { plan_id: 'q', dependencies: [] })).toBeUndefined()
    expect(change(reader, 's', { plan_id: 'q', dependencies: ['there'] })).toBeUndefined()
  })

  test('leaves no dependent behind', () => {
    const violation = change(reader, 'free', { plan_id: 'q' })
    expect(violation?.code).toBe('INVALID_REFERENCE')
    expect(violation?.details).toEqual({ field: 'plan_id', id: 'above', reason: 'other-plan' })
  })
})

describe('a spec that is restored', () => {
  test('is judged like a new one: everything it names is added', () => {
    const reader = storeOf(specRecord('a', { dependencies: ['s'] }), specRecord('c'))
    expect(judge(reader, undefined, specRecord('s', { dependencies: ['gone'] }))?.details).toMatchObject({
      reason: 'missing',
    })
    expect(judge(reader, undefined, specRecord('s', { dependencies: ['c'] }))).toBeUndefined()
    reader.put('spec', specRecord('c', { dependencies: ['a'] }))
    expect(judge(reader, undefined, specRecord('s', { dependencies: ['c'] }))?.details).toEqual({
      cycle: ['s', 'c', 'a'],
    })
  })

  test('finds its dependents in its own plan', () => {
    const reader = storeOf(specRecord('moved', { plan_id: 'q', dependencies: ['s'] }))
    expect(judge(reader, undefined, specRecord('s'))?.details).toEqual({
      field: 'plan_id',
      id: 'moved',
      reason: 'other-plan',
    })
  })
})

test('a deletion is not judged', () => {
  const reader = storeOf(specRecord('s'), specRecord('a', { dependencies: ['s'] }))
  expect(judge(reader, specRecord('s'), undefined)).toBeUndefined()
})
