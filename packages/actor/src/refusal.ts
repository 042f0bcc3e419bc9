import { ActorError, type ActorErrorCode, type ActorErrorOptions } from './actor-error.ts'
import { type AskChain, chainThrough, type Hop } from './hop.ts'
import type { MessageState } from './message-state.ts'

/** Whom a refusal speaks of. */
export interface Addressed {
  readonly actor: string
  readonly kind: string
}

const fate: Readonly<Record<MessageState, string>> = {
  waiting: 'while it waited for room in the mailbox: it was not handled',
  queued: 'while it waited in the mailbox: it was not handled',
  stashed: 'while it was put aside: it was not handled',
  taken: 'after it had been handed to the handler: whether it took effect is unknown',
  claimed: 'after the handler had claimed it: whether it took effect is unknown',
  settled: 'before it was sent: it was not handled',
}

const wasHandedOut = (state: MessageState): boolean => state === 'taken' || state === 'claimed'

const message = ({ actor, kind }: Addressed): string => `message "${kind}" to actor "${actor}"`

/** Anything can be thrown, also what cannot be turned into text; the caller must hear of it all the same. */
function textOf(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause)
  } catch {
    return 'something without a text was thrown'
  }
}

/**
 * These errors are values in replies, not exceptions, and overload is no time to be slow: collecting a stack takes ten times
 * as long as all the rest (16 against 1.5 µs on the machine this was measured on). What a handler threw keeps its own, in `cause`.
 */
function stackless(code: ActorErrorCode, text: string, options?: ActorErrorOptions): ActorError {
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
  } catch {
    // Frozen, where a program has frozen what is global: then it has its stack.
    return new ActorError(code, text, options)
  }
  try {
    return new ActorError(code, text, options)
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** The errors that the kernel itself gives to callers; `state` is where the message was, `settled` for one refused at the door. */
export const refusal = {
  busy: (to: Addressed, capacity: number): ActorError =>
    stackless('BUSY', `${message(to)} found the mailbox full, ${capacity} messages wait: send it again later`),

  dropped: (to: Addressed, state: MessageState, capacity: number): ActorError =>
    state === 'stashed'
      ? stackless('BUSY', `${message(to)} could not be put aside, ${capacity} messages are: send it again later`)
      : stackless('BUSY', `${message(to)} gave way to a newer one, ${capacity} messages wait: send it again later`),

  unknown: (to: Addressed, names: number): ActorError =>
    stackless('NOT_FOUND', `${message(to)} found nobody of that name among ${names}: it was not handled`),

  unroutable: (to: Addressed, cause: unknown): ActorError =>
    stackless('INVALID', `${message(to)} has no route: ${textOf(cause)}`, { cause }),

  stopped: (to: Addressed): ActorError =>
    stackless('CLOSED', `${message(to)} came after stop() was called: it was not handled`),

  closed: (to: Addressed, state: MessageState): ActorError =>
    stackless('CLOSED', `${message(to)} was given up by stop() ${fate[state]}`),

  expired: (to: Addressed, state: MessageState, hop?: Hop): ActorError => {
    const chain = hop === undefined ? undefined : chainThrough(hop)
    return stackless('TIMEOUT', `${message(to)} ran out of time ${fate[state]}${textOfChain(chain)}`, {
      retryable: !wasHandedOut(state),
      ...(chain !== undefined && { details: { chain: chain.actors, circular: chain.circular } }),
    })
  },

  aborted: (to: Addressed, state: MessageState, cause: unknown): ActorError =>
    stackless('ABORTED', `${message(to)} was aborted by its caller ${fate[state]}`, { cause }),

  failed: (to: Addressed, cause: unknown): ActorError =>
    stackless('UNKNOWN', `${message(to)} failed: ${textOf(cause)}`, { cause }),

  abandoned: (to: Addressed, cause: unknown): ActorError =>
    stackless('UNKNOWN', `${message(to)} was given up ${fate.taken}: ${textOf(cause)}`, { cause }),
}

function textOfChain(chain: AskChain | undefined): string {
  if (chain === undefined || chain.actors.length < 2) return ''
  return `; the chain of asks is ${chain.actors.join(' → ')}${chain.circular ? ', which waits for itself' : ''}`
}
