import { type Deleted, hasCode, type StoredRecord } from '@stateward/contract'
import type { Call, Outcome } from './model-store.ts'
import { same } from './same.ts'

export type Settled = { readonly answer: readonly (StoredRecord | Deleted)[] } | { readonly reason: unknown }

/** The answer or the refusal of a call, so that it may be awaited later than it comes. */
export function settled(answering: Promise<readonly (StoredRecord | Deleted)[]>): Promise<Settled> {
  return answering.then(
    (answer) => ({ answer }),
    (reason: unknown) => ({ reason }),
  )
}

/** Throws when a store answered a call otherwise than its model did. */
export function compareOutcome(call: Call, found: Settled, outcome: Outcome): void {
  const told = () => JSON.stringify(call)
  if ('code' in outcome) {
    const refusal = 'reason' in found ? found.reason : found
    if (!hasCode(refusal, outcome.code))
      throw new Error(`${told()} should be ${outcome.code}, found ${String(refusal)}`)
  } else if ('reason' in found) {
    throw new Error(`${told()} should be accepted, found ${String(found.reason)}`, { cause: found.reason })
  } else {
    same(found.answer, outcome.results, told)
  }
}
