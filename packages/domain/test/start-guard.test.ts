import type { Violation } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { workStatuses } from '../src/index.ts'
import { startGuard } from '../src/start-guard.ts'
import { MapReader } from './map-reader.ts'
import { specRecord } from './records.ts'

const start = (reader: MapReader, dependencies: readonly string[], from = 'pending'): Violation | undefined => {
  const before = specRecord('s', { dependencies, status: from })
  return startGuard.check({ type: 'spec', before, after: { ...before, status: 'running' } }, reader)
}

describe('a spec starts only when all its dependencies are completed', () => {
  test('without dependencies it starts', () => {
    expect(start(new MapReader(), [])).toBeUndefined()
  })

  test.each(workStatuses)('with a dependency that is %s', (status) => {
    const reader = new MapReader()
    reader.put('spec', specRecord('a', { status }))
    const violation = start(reader, ['a'])
    if (status === 'completed') expect(violation).toBeUndefined()
    else expect(violation?.details).toMatchObject({ blockedBy: ['a'] })
  })

  test('the refusal names what blocks, in the order of the dependencies, and what the table allows', () => {
    const reader = new MapReader()
    reader.put('spec', specRecord('a', { status: 'running' }))
    reader.put('spec', specRecord('b', { status: 'completed' }))
    const violation = start(reader, ['gone', 'b', 'a'], 'blocked')
    expect(violation?.code).toBe('ILLEGAL_TRANSITION')
    expect(violation?.details).toEqual({
      from: 'blocked',
      to: 'running',
      allowed: ['pending', 'running', 'failed', 'cancelled'],
      blockedBy: ['gone', 'a'],
    })
    expect(violation?.message).toContain('spec s cannot go from blocked to running')
    expect(violation?.message).toContain('2 of 3 are not (gone is deleted, a is running)')
  })

  test('only the dependencies after the write count; what is created or restored running makes no transition', () => {
    const reader = new MapReader()
    reader.put('spec', specRecord('a'))
    const after = specRecord('s', { dependencies: ['a'], status: 'running' })
    expect(startGuard.check({ type: 'spec', before: undefined, after }, reader)).toBeUndefined()
    const before = specRecord('s', { dependencies: ['a'] })
    const freed = specRecord('s', { dependencies: [], status: 'running' })
    expect(startGuard.check({ type: 'spec', before, after: freed }, reader)).toBeUndefined()
  })

  test('what is running already, what goes elsewhere and what is deleted is not judged', () => {
    const reader = new MapReader()
    const running = specRecord('s', { dependencies: ['gone'], status: 'running' })
    const pending = specRecord('s', { dependencies: ['gone'], status: 'pending' })
    expect(
      startGuard.check({ type: 'spec', before: running, after: { ...running, name: 'x' } }, reader),
    ).toBeUndefined()
    expect(startGuard.check({ type: 'spec', before: running, after: pending }, reader)).toBeUndefined()
    expect(startGuard.check({ type: 'spec', before: running, after: undefined }, reader)).toBeUndefined()
  })

  test('no cascade completes a dependency', () => {
    expect(startGuard.cascade).toBeUndefined()
  })

  test('a long list is cut in the message, never in the details', () => {
    const ids = Array.from({ length: 30 }, (_, at) => `gone${at}`)
    const violation = start(new MapReader(), ids)
    expect(violation?.message).toContain('and 25 more')
    expect(violation?.details?.blockedBy).toEqual(ids)
  })
})
