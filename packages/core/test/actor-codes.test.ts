import { ActorError, type ActorErrorCode } from '@stateward/actor'
import { type ErrorCode, hasCode } from '@stateward/contract'
import { expect, expectTypeOf, test } from 'vitest'

test('the kernel, which imports nothing, has no code that the contract does not know', () => {
  expectTypeOf<ActorErrorCode>().toExtend<ErrorCode>()
  const error: unknown = new ActorError('BUSY', 'full')
  expect(hasCode(error, 'BUSY') && error.retryable && error.details).toEqual({})
})
