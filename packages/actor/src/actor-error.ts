/**
 * - `BUSY`: the mailbox is full; the message was not taken. The only code that is always retryable.
 * - `TIMEOUT`: the deadline passed. Retryable when the message was still waiting and so was never handled.
 * - `ABORTED`: the caller's signal was aborted.
 * - `CLOSED`: the actor was stopped.
 * - `FAILED`: the handler threw or rejected; `cause` holds what it threw.
 * - `INVALID`: an actor was made with impossible options. Thrown by the two `create` functions, never in a reply.
 */
export type ActorErrorCode = 'BUSY' | 'TIMEOUT' | 'ABORTED' | 'CLOSED' | 'FAILED' | 'INVALID'

export interface ActorErrorOptions {
  readonly cause?: unknown
  /** Whether the same message may be sent again without harm: by default only after `BUSY`. */
  readonly retryable?: boolean
}

/** The kernel's one error. Compare `code`, not the class: two copies of the package have two classes. */
export class ActorError extends Error {
  override readonly name = 'ActorError'
  readonly code: ActorErrorCode
  readonly retryable: boolean

  constructor(code: ActorErrorCode, message: string, options: ActorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? code === 'BUSY'
  }
}
