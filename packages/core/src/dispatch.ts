import { type AskOptions, type MessageKind, type Protocol, StatewardError } from '@stateward/contract'
import { checkedAsk } from './check.ts'
import { describe } from './frozen-json.ts'
import type { Handlers } from './reads.ts'

export interface Message<K extends MessageKind> {
  readonly kind: K
  readonly body: Protocol[K]['ask']
  readonly options: AskOptions
}

/**
 * Leads a message to what answers it: `special` first, which says `undefined` to what is not its own, then the handlers.
 * Whatever goes wrong, thrown or rejected, comes out as a rejection.
 */
export function dispatch<K extends MessageKind>(
  message: Message<K>,
  handlers: Partial<Handlers<MessageKind>>,
  special: (message: Message<K>) => Promise<unknown> | undefined,
): Promise<Protocol[K]['answer']> {
  const { kind, body, options } = message
  try {
    checkedAsk(options)
    if (options.signal?.aborted === true) throw abortedBefore(kind, options.signal)
    const answer = special(message)
    // The two maps below pair each kind with its own answer; TypeScript cannot follow a pairing by key.
    if (answer !== undefined) return answer as Promise<Protocol[K]['answer']>
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined
    if (handler === undefined) throw unknownMessage(kind)
    const direct = handler(body, options) as Protocol[K]['answer'] | Promise<Protocol[K]['answer']>
    return direct instanceof Promise ? direct : Promise.resolve(direct)
  } catch (error) {
    return Promise.reject(error)
  }
}

function abortedBefore(kind: string, signal: AbortSignal): StatewardError {
  return new StatewardError('ABORTED', `expected to ${kind}, found the signal aborted before the call`, {
    cause: signal.reason,
  })
}

function unknownMessage(kind: unknown): StatewardError {
  return new StatewardError('UNSUPPORTED', `expected a message that this endpoint answers, found ${describe(kind)}`)
}
