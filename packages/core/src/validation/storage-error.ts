import { type ErrorCode, type ErrorDetails, errorCodes, StatewardError } from '@stateward/contract'

/** What a storage failed with, as the one error of Stateward: a storage may bring its own copy of the class, or break its promise and throw something else. */
export function storageError(error: unknown): StatewardError {
  if (error instanceof StatewardError) return error
  const message = textOf(error)
  const { code, details } = partsOf(error)
  if (code !== undefined) return new StatewardError(code, message, { cause: error, details })
  return new StatewardError('STORAGE_FAILED', `the storage failed in a way it does not document: ${message}`, {
    cause: error,
  })
}

function partsOf(error: unknown): { code: ErrorCode | undefined; details: ErrorDetails } {
  if (typeof error !== 'object' || error === null) return { code: undefined, details: {} }
  const code = 'code' in error && isErrorCode(error.code) ? error.code : undefined
  const details = 'details' in error && typeof error.details === 'object' && error.details !== null ? error.details : {}
  return { code, details: { ...details } }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

/** Anything can be thrown, also what cannot be turned into text. */
export function textOf(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause)
  } catch {
    return 'something without a text was thrown'
  }
}
