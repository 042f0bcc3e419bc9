import type { ActorError } from './actor-error.ts'

/** What an error in a reply has at least. `ActorError` is one; an application brings its own beside it. */
export interface Failure {
  /** A stable word, compared by programs. */
  readonly code: string
  /** Whether the same message may succeed later, sent again as it is. */
  readonly retryable: boolean
  /** For people. */
  readonly message: string
}

/** How every `ask` ends: an answer or an error, as plain values. */
export type Reply<T, E extends Failure = ActorError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }
