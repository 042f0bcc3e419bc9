import type { CascadeUpdate, RuleSubject, StoredRecord, Violation } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { completionGuard } from '../src/completion-guard.ts'
import { executionStatuses, isOpenStatus, workStatuses } from '../src/index.ts'
import { MapReader } from './map-reader.ts'
import { executionRecord, phaseRecord, planRecord, specRecord } from './records.ts'

const completing = (type: string, record: StoredRecord): RuleSubject => ({
  type,
  before: { ...record, status: 'running' },
  after: { ...record, status: 'completed' },
})

const check = (type: string, record: StoredRecord, reader: MapReader): Violation | undefined =>
  completionGuard.check(completing(type, record), reader)

const cascade = (type: string, record: StoredRecord, reader: MapReader): readonly CascadeUpdate[] =>
  completionGuard.cascade?.(completing(type, record), reader) ?? []

describe.each([
  { type: 'plan', whole: planRecord('w'), part: 'spec', partOf: specRecord, field: 'plan_id', statuses: workStatuses },
  {
    type: 'spec',
    whole: specRecord('w'),
    part: 'phase',
    partOf: phaseRecord,
    field: 'spec_id',
    statuses: workStatuses,
  },
  {
    type: 'execution',
    whole: executionRecord('w'),
    part: 'execution',
    partOf: executionRecord,
    field: 'parent_execution_id',
    statuses: executionStatuses,
  },
])('a $type completes only when no $part of it is open', ({ type, whole, part, partOf, field, statuses }) => {
  test('alone it completes', () => {
    const reader = new MapReader()
    reader.put(part, partOf('stranger', { [field]: 'another' }))
    expect(check(type, whole, reader)).toBeUndefined()
  })

  for (const status of statuses) {
    test(`a part that is ${status} ${isOpenStatus(status) ? 'holds it open and is cancelled' : 'lets it complete'}`, () => {
      const reader = new MapReader()
      reader.put(part, partOf('c', { [field]: 'w', status }))
      const expected = isOpenStatus(status) ? [{ type: part, id: 'c', changes: { status: 'cancelled' } }] : []
      expect(check(type, whole, reader)?.details?.open).toEqual(isOpenStatus(status) ? ['c'] : undefined)
      expect(cascade(type, whole, reader)).toEqual(expected)
    })
  }

  test('the refusal names every open part and what the table allows', () => {
    const reader = new MapReader()
    for (const id of ['a', 'b']) reader.put(part, partOf(id, { [field]: 'w', status: 'running' }))
    const violation = check(type, whole, reader)
    expect(violation?.code).toBe('ILLEGAL_TRANSITION')
    expect(violation?.details).toEqual({
      from: 'running',
      to: 'completed',
      allowed: expect.arrayContaining(['completed', 'failed', 'cancelled']),
      open: ['a', 'b'],
    })
    expect(violation?.message).toContain(`${type} w cannot go from running to completed`)
    expect(violation?.message).toContain(`2 are (${part} a is running, ${part} b is running)`)
  })

  test('other changes are not judged', () => {
    const reader = new MapReader()
    reader.put(part, partOf('a', { [field]: 'w', status: 'running' }))
    const done = { ...whole, status: 'completed' }
    expect(completionGuard.check({ type, before: done, after: { ...done, name: 'x' } }, reader)).toBeUndefined()
    expect(completionGuard.check({ type, before: done, after: undefined }, reader)).toBeUndefined()
    expect(
      completionGuard.check(
        { type, before: { ...whole, status: 'running' }, after: { ...whole, status: 'failed' } },
        reader,
      ),
    ).toBeUndefined()
  })
})

describe('the cascade', () => {
  test('goes down through what is open, every part before its whole, and leaves what has ended as it is', () => {
    const reader = new MapReader()
    reader.put('spec', specRecord('s1', { plan_id: 'w', status: 'pending' }))
    reader.put('spec', specRecord('s2', { plan_id: 'w', status: 'completed' }))
    reader.put('spec', specRecord('s3', { plan_id: 'w', status: 'blocked' }))
    reader.put('phase', phaseRecord('f1', { spec_id: 's1', status: 'running' }))
    reader.put('phase', phaseRecord('f2', { spec_id: 's1', status: 'completed' }))
    reader.put('phase', phaseRecord('f3', { spec_id: 's2', status: 'running' }))
    const updates = cascade('plan', planRecord('w'), reader)
    expect(updates.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(['phase f1', 'spec s1', 'spec s3'])
    const at = (id: string): number => updates.findIndex((update) => update.id === id)
    expect(at('f1')).toBeLessThan(at('s1'))
    for (const { changes } of updates) expect(changes).toEqual({ status: 'cancelled' })
  })

  test('makes its own check pass', () => {
    const reader = new MapReader()
    for (let depth = 0; depth < 40; depth++) {
      reader.put('execution', executionRecord(`e${depth + 1}`, { parent_execution_id: `e${depth}` }))
    }
    expect(check('execution', executionRecord('e0'), reader)).toBeDefined()
    const updates = cascade('execution', executionRecord('e0'), reader)
    expect(updates.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, at) => `e${40 - at}`))
    for (const { type, id, changes } of updates) {
      const record = reader.get(type, id)
      if (record !== undefined) reader.put(type, { ...record, ...changes })
    }
    expect(check('execution', executionRecord('e0'), reader)).toBeUndefined()
  })

  test('ends on a circle of parents that an old log may hold', () => {
    const reader = new MapReader()
    reader.put('execution', executionRecord('w', { parent_execution_id: 'b' }))
    reader.put('execution', executionRecord('a', { parent_execution_id: 'w' }))
    reader.put('execution', executionRecord('b', { parent_execution_id: 'a' }))
    const updates = cascade('execution', executionRecord('w'), reader)
    expect(updates.map(({ id }) => id)).toEqual(['b', 'a'])
  })
})
