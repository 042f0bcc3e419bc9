/** Every code an operation can fail with, and whether the same call may succeed later without a change. */
export const errorCodes = {
  INVALID: false,
  NOT_FOUND: false,
  AMBIGUOUS: false,
  ALREADY_EXISTS: false,
  CONFLICT: false,
  INVALID_REFERENCE: false,
  RESTRICTED: false,
  ILLEGAL_TRANSITION: false,
  BUSY: true,
  TIMEOUT: true,
  ABORTED: false,
  CLOSED: false,
  LOCKED: true,
  FENCED: false,
  UNKNOWN: false,
  STORAGE_FAILED: false,
  FULL: true,
  CORRUPT: false,
  TRIMMED: false,
  SLOW_CONSUMER: false,
  TOO_LARGE: false,
  UNSUPPORTED: false,
} as const

/** A stable word for a way to fail. Test it with `hasCode`, never with `instanceof`. */
export type ErrorCode = keyof typeof errorCodes

/** Facts beside the message, for programs: plain data that survives a wire. */
export type ErrorDetails = Readonly<Record<string, unknown>>

export interface StatewardErrorOptions {
  readonly cause?: unknown
  readonly details?: ErrorDetails
}

/**
 * The one error of Stateward. `code` is stable; `retryable` says whether the same call may succeed later;
 * `message` says what was expected, what was found and what to do; `details` holds the same as plain data.
 */
export class StatewardError extends Error {
  override readonly name = 'StatewardError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: StatewardErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = errorCodes[code]
    this.details = options.details ?? {}
  }

  /** Plain data for a wire or a log: no stack, no cause. */
  toJSON(): { code: ErrorCode; retryable: boolean; message: string; details: ErrorDetails } {
    return { code: this.code, retryable: this.retryable, message: this.message, details: this.details }
  }
}

/** Whether `error` carries this code. Works across copies of the package and across wires. */
export function hasCode<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is Error & { readonly code: Code; readonly retryable: boolean; readonly details: ErrorDetails } {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
