import {
  type AskOptions,
  type Domain,
  type Durability,
  durabilityLevels,
  type Entity,
  type ErrorDetails,
  type ExpectOptions,
  type GuardOptions,
  limits,
  type Seq,
  StatewardError,
  type WriteOptions,
} from '@stateward/contract'
import { describe } from './frozen-json.ts'
import { nearest } from './nearest.ts'
import { textOf } from './storage-error.ts'

const loneSurrogate = /\p{Surrogate}/u

/** Checks of single words of a message; each throws `INVALID` (or what it names) with what was expected and found. */
export function invalid(message: string, details: ErrorDetails = {}): StatewardError {
  return new StatewardError('INVALID', message, { details })
}

export function checkedEntity(domain: Domain, type: unknown): Entity {
  if (typeof type === 'string' && Object.hasOwn(domain.entities, type)) {
    const entity = domain.entities[type]
    if (entity !== undefined) return entity
  }
  const known = Object.keys(domain.entities)
  const hint = typeof type === 'string' ? nearest(type, known) : undefined
  throw invalid(
    `expected a type of the domain (${known.join(', ')}), found ${describe(type)}${hint === undefined ? '' : `; did you mean ${hint}?`}`,
    { type, known },
  )
}

export function checkedId(id: unknown): string {
  if (typeof id !== 'string' || id.length === 0)
    throw invalid(`expected an id, a text of 1 to ${limits.idChars} characters, found ${describe(id)}`)
  if (id.length > limits.idChars)
    throw new StatewardError('TOO_LARGE', `expected an id of at most ${limits.idChars} characters, found ${id.length}`)
  if (loneSurrogate.test(id)) throw invalid('expected an id of whole characters, found half of a surrogate pair')
  return id
}

export function checkedIds(ids: unknown): readonly string[] {
  if (!Array.isArray(ids)) throw invalid(`expected a list of ids, found ${describe(ids)}`)
  if (ids.length > limits.queryRows)
    throw new StatewardError('TOO_LARGE', `expected at most ${limits.queryRows} ids, found ${ids.length}`)
  // Not `map`, which would skip the holes of a sparse list.
  return Array.from(ids, checkedId)
}

export function checkedWrite(
  options: WriteOptions,
  lowest: Durability,
  offered: Readonly<Partial<Record<Durability, unknown>>>,
): WriteOptions {
  checkText('actor', options.actor, limits.actorChars)
  checkText('txid', options.txid, limits.txidChars)
  const { durability } = options
  if (durability === undefined) return options
  if (!durabilityLevels.includes(durability))
    throw invalid(`expected durability to be one of ${durabilityLevels.join(', ')}, found ${describe(durability)}`)
  if (durabilityLevels.indexOf(durability) < durabilityLevels.indexOf(lowest)) {
    throw new StatewardError(
      'UNSUPPORTED',
      `expected a durability of at least ${lowest}, the store's own, found ${durability}; a write may only raise it`,
    )
  }
  if (offered[durability] === undefined)
    throw new StatewardError(
      'UNSUPPORTED',
      `expected one of ${Object.keys(offered).join(', ')}, found ${durability}, which this storage does not offer`,
    )
  return options
}

export function checkedGuard({ force, reason, cascade }: GuardOptions): {
  force: boolean
  cascade: boolean
  reason: string | undefined
} {
  checkFlag('force', force)
  checkFlag('cascade', cascade)
  checkText('reason', reason, limits.reasonChars)
  if (force === true && (reason === undefined || reason.trim() === ''))
    throw invalid('expected a reason beside force: true, found none; it is kept in the log')
  return { force: force === true, cascade: cascade === true, reason: force === true ? reason : undefined }
}

export function checkedRev({ expectedRev }: ExpectOptions): number | undefined {
  if (expectedRev === undefined) return undefined
  if (!Number.isSafeInteger(expectedRev) || expectedRev < 1)
    throw invalid(`expected expectedRev to be a whole number from 1, found ${describe(expectedRev)}`)
  return expectedRev
}

export function checkedAsk(options: AskOptions): void {
  if (typeof options !== 'object' || options === null)
    throw invalid(`expected options to be an object, found ${describe(options)}`)
  const { timeoutMs, signal } = options
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw invalid(`expected timeoutMs to be a number from 0, found ${describe(timeoutMs)}`)
  if (signal !== undefined && !isSignal(signal))
    throw invalid(`expected signal to be an AbortSignal, found ${describe(signal)}`)
}

/** By shape, because a signal may come from another realm. */
function isSignal(signal: unknown): signal is AbortSignal {
  return (
    typeof signal === 'object' &&
    signal !== null &&
    'aborted' in signal &&
    typeof signal.aborted === 'boolean' &&
    'addEventListener' in signal &&
    typeof signal.addEventListener === 'function'
  )
}

/** What a caller's input made the checks themselves fail with, such as a getter that throws, in the words of the protocol. */
export function asRefusal(error: unknown): StatewardError {
  if (error instanceof StatewardError) return error
  return new StatewardError(
    'INVALID',
    `expected input that can be read, found that reading it threw: ${textOf(error)}`,
    {
      cause: error,
    },
  )
}

/** Refuses keys that a message does not have: a mistyped option must not be passed over. */
export function checkKeys(body: object, known: ReadonlySet<string>, what: string): void {
  // Every message comes through here: a walk without a list of the keys takes half the time.
  for (const key in body) if (!known.has(key)) refuseStranger(body, key, known, what)
}

function refuseStranger(body: object, key: string, known: ReadonlySet<string>, what: string): void {
  if (!Object.hasOwn(body, key) || Reflect.get(body, key) === undefined) return
  const hint = nearest(key, [...known])
  throw invalid(
    `expected ${what} to hold only ${[...known].join(', ') || 'nothing'}, found ${key}${hint === undefined ? '' : `; did you mean ${hint}?`}`,
  )
}

function checkText(name: string, value: unknown, maxChars: number): void {
  if (value === undefined) return
  if (typeof value !== 'string' || value === '')
    throw invalid(`expected ${name} to be a text, found ${describe(value)}`)
  if (value.length > maxChars)
    throw new StatewardError('TOO_LARGE', `expected ${name} of at most ${maxChars} characters, found ${value.length}`)
}

/** `INVALID` for what is neither true, false nor absent. */
export function checkFlag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw invalid(`expected ${name} to be true or false, found ${describe(value)}`)
}

/** A seq as a caller may give it; 0 means "from the beginning". */
export function checkedSeq(name: string, seq: unknown): Seq {
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq
  throw invalid(`expected ${name} to be a seq, a whole number from 0, found ${describe(seq)}`)
}
