import type { Outcome } from './actor-stats.ts'
import type { DeadReason } from './dead-letters.ts'

/** What becomes of a message that nobody handled, or that was told and failed. An abort is the wish of the caller. */
export function deadReason(outcome: Outcome, wasHandled: boolean, isAwaited: boolean): DeadReason | undefined {
  if (outcome === 'failed') return isAwaited ? undefined : 'failed'
  if (outcome === 'handled' || outcome === 'aborted' || wasHandled) return undefined
  return outcome
}
