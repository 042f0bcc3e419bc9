import assert from 'node:assert/strict'
import { type ErrorCode, errorCodes, hasCode, type StatewardError } from '@stateward/contract'

/** What a refusal must look like on every side of a wire. */
export type Refusal = Pick<StatewardError, 'code' | 'message' | 'retryable' | 'details'>

/** Waits for `promise` to reject with one of `codes` (text or list), and gives the error back. Fails when it resolves. */
export async function refused(
  codes: ErrorCode | readonly ErrorCode[],
  what: string,
  promise: Promise<unknown>,
): Promise<Refusal> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  assert(outcome !== undefined, `${what} should be refused as ${[codes].flat().join(' or ')}, and was accepted`)
  return refusalOf(codes, what, outcome.error)
}

/** As `refused`, for a call that throws at once. */
export function refusedSync(codes: ErrorCode | readonly ErrorCode[], what: string, call: () => unknown): Refusal {
  try {
    call()
  } catch (error) {
    return refusalOf(codes, what, error)
  }
  assert.fail(`${what} should be refused as ${[codes].flat().join(' or ')}, and was accepted`)
}

function refusalOf(codes: ErrorCode | readonly ErrorCode[], what: string, error: unknown): Refusal {
  const wanted = [codes].flat()
  const found = wanted.find((code) => hasCode(error, code))
  assert(
    found !== undefined && hasCode(error, found),
    `${what} should be refused as ${wanted.join(' or ')}, and was refused as ${describe(error)}`,
  )
  assert.equal(error.retryable, errorCodes[found], `"retryable" of ${found} is ${errorCodes[found]}`)
  assert(
    typeof error.message === 'string' && error.message.length > 0,
    `an error says what is wrong: ${found} has no message`,
  )
  assert(
    typeof error.details === 'object' && error.details !== null,
    `an error has details, be they empty: ${found} has none`,
  )
  return error
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? `${String(error.code)}: ${error.message}` : `${error.name}: ${error.message}`
}
