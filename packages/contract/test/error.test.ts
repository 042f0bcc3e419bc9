import { describe, expect, test, vi } from 'vitest'
import { errorCodes, hasCode, StatewardError } from '../src/error.ts'

describe('StatewardError', () => {
  test('is an Error with a code, a message, details and a cause', () => {
    const cause = new Error('the disk')
    const error = new StatewardError('FULL', 'no room', { cause, details: { bytes: 7 } })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'StatewardError',
      code: 'FULL',
      message: 'no room',
      retryable: true,
      details: { bytes: 7 },
      cause,
    })
    expect('cause' in new StatewardError('CLOSED', 'closed')).toBe(false)
    expect(new StatewardError('CLOSED', 'closed').details).toEqual({})
  })

  test('is retryable where the same call may succeed later', () => {
    const retryable = Object.entries(errorCodes).flatMap(([code, again]) => (again ? [code] : []))
    expect(retryable).toEqual(['BUSY', 'TIMEOUT', 'LOCKED', 'FULL'])
    expect(new StatewardError('BUSY', 'busy').retryable).toBe(true)
    expect(new StatewardError('CONFLICT', 'conflict').retryable).toBe(false)
  })

  test('crosses a wire as plain data, without stack or cause', () => {
    const error = new StatewardError('CONFLICT', 'no', { cause: new Error('secret'), details: { currentRev: 2 } })
    const wire = JSON.stringify(error)
    expect(JSON.parse(wire)).toEqual({ code: 'CONFLICT', retryable: false, message: 'no', details: { currentRev: 2 } })
    expect(wire).not.toContain('secret')
    expect(hasCode(JSON.parse(wire), 'CONFLICT')).toBe(true)
  })
})

describe('hasCode', () => {
  test('knows the error of another copy of the package', async () => {
    vi.resetModules()
    const copy = await import('../src/error.ts')
    const error = new copy.StatewardError('FENCED', 'fenced')
    expect(error).not.toBeInstanceOf(StatewardError)
    expect(hasCode(error, 'FENCED')).toBe(true)
    expect(copy.hasCode(new StatewardError('FENCED', 'fenced'), 'FENCED')).toBe(true)
  })

  test('says no to other codes and to what is no error', () => {
    expect(hasCode(new StatewardError('FULL', 'full'), 'CLOSED')).toBe(false)
    for (const other of [undefined, null, 'FULL', 7, {}, new Error('FULL'), { code: 7 }])
      expect(hasCode(other, 'FULL')).toBe(false)
  })
})
