import { type AskOptions, type MessageKind, type Protocol, StatewardError } from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import { aborted, patiently, timedOut } from '../scheduling/patience.ts'
import { asRefusal, checkedAsk, checkKeys } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { checkMessage } from '../validation/message-keys.ts'
import type { Handlers } from './reads.ts'

export interface Message<K extends MessageKind> {
  readonly kind: K
  readonly body: Protocol[K]['ask']
  readonly options: AskOptions
}

export interface Answerers {
  readonly handlers: Partial<Handlers<MessageKind>>
  /** Asked first; says `undefined` to what is not its own. */
  readonly special: (message: Message<MessageKind>) => Promise<unknown> | undefined
  readonly setTimer: Environment['setTimer']
}

/** What a caller who says nothing asks for; it needs no looking at. */
export const noOptions: AskOptions = Object.freeze({})

const askKeys: ReadonlySet<string> = new Set(['signal', 'timeoutMs'])

/** Leads a message to what answers it. Whatever goes wrong, thrown or rejected, comes out as a rejection. */
export function dispatch<K extends MessageKind>(
  message: Message<K>,
  { handlers, special, setTimer }: Answerers,
): Promise<Protocol[K]['answer']> {
  const { kind, body, options } = message
  try {
    if (options !== noOptions) checkedAsk(options)
    if (options.signal?.aborted === true) throw aborted(kind, options.signal.reason)
    const answer = special(message)
    // The two maps below pair each kind with its own answer; TypeScript cannot follow a pairing by key.
    if (answer !== undefined) return answer as Promise<Protocol[K]['answer']>
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined
    if (handler === undefined) throw unknownMessage(kind)
    checkMessage(kind, body)
    // Of a write everything but these two is in the body, and is looked at there.
    if (options !== noOptions) checkKeys(options, askKeys, 'options')
    if (options.timeoutMs === 0) throw timedOut(kind)
    const direct = handler(body, options) as Protocol[K]['answer'] | Promise<Protocol[K]['answer']>
    if (!(direct instanceof Promise)) return Promise.resolve(direct)
    // An undo is a write once it has been made up: it keeps its caller's time itself.
    if (options === noOptions || kind === 'undo') return direct
    const late = kind === 'compact' ? { late: stillCompacting } : {}
    return patiently(direct, { options, setTimer, what: kind, ...late })
  } catch (error) {
    return Promise.reject(asRefusal(error))
  }
}

function stillCompacting(): StatewardError {
  return new StatewardError('UNKNOWN', 'the time was up while the log was being compacted; that goes on')
}

function unknownMessage(kind: unknown): StatewardError {
  return new StatewardError('UNSUPPORTED', `expected a message that this endpoint answers, found ${describe(kind)}`)
}
