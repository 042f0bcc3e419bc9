/**
 * - `BUSY`: the mailbox is full; the message was not taken. The only code that is always retryable.
 * - `TIMEOUT`: the deadline passed. Retryable when the message was still waiting and so was never handled.
 * - `ABORTED`: the caller's signal was aborted.
 * - `CLOSED`: the actor was stopped.
 * - `UNKNOWN`: the handler threw or rejected, or was given up while it ran; `cause` says why. Whether the message took effect
 *   is not known.
 * - `INVALID`: impossible options. Thrown by the `create` functions, never in a reply.
 * - `NOT_FOUND`: nobody has the name that a message was sent to.
 * - `ALREADY_EXISTS`: the name is taken.
 */
export type ActorErrorCode =
  | 'BUSY'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'CLOSED'
  | 'UNKNOWN'
  | 'INVALID'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'

export interface ActorErrorOptions {
  readonly cause?: unknown
  /** Whether the same message may be sent again without harm: by default only after `BUSY`. */
  readonly retryable?: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

const noDetails = Object.freeze({})

/** The kernel's one error. Compare `code`, not the class: two copies of the package have two classes. */
export class ActorError extends Error {
  override readonly name = 'ActorError'
  readonly code: ActorErrorCode
  readonly retryable: boolean
  /** Facts beside the message, as plain data: `chain` and `circular` of a `TIMEOUT` in a chain of asks. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ActorErrorCode, message: string, options: ActorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? code === 'BUSY'
    this.details = options.details ?? noDetails
  }
}
