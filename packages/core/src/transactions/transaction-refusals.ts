import { limits, StatewardError } from '@stateward/contract'

/** What a transaction does not answer. */
export function unanswered(kind: string): StatewardError {
  return new StatewardError(
    'UNSUPPORTED',
    `a transaction answers get, getMany, query, count, groupBy, aggregate, explain and writes; found ${kind}: ask the state itself`,
    { details: { message: kind } },
  )
}

export function refuseRestore(type: string, id: string): never {
  throw new StatewardError(
    'UNSUPPORTED',
    `a transaction cannot restore ${type} ${id}, whose last version is in the log; use transact for it`,
  )
}

export function tooMany(): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a transaction of at most ${limits.transactionSteps} writes, found more; write less at once`,
    { details: { most: limits.transactionSteps } },
  )
}

/** @param what of which there are more than `most` */
export function tooManyReads(what: 'ids' | 'queries', most: number): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a transaction that looks at no more than ${most} ${what}, found more; each is looked at again at its commit: read the rest outside, or by wider queries`,
    { details: { most } },
  )
}
