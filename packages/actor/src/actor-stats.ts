/** How a message that was taken in ended. */
export type Outcome = 'handled' | 'failed' | 'expired' | 'aborted' | 'closed' | 'dropped'

/**
 * Counters since the actor was made. `accepted = depth + waiting + stashed + inFlight + handled + failed + expired + aborted +
 * closed + dropped` holds at any time, and `accepted + rejected` is the number of messages ever sent.
 */
export interface ActorStats extends Readonly<Record<Outcome, number>> {
  /** Messages queued now. */
  readonly depth: number
  /** Callers that wait for room now. */
  readonly waiting: number
  /** Messages that were handed out and put aside. */
  readonly stashed: number
  /** Messages handed out and neither settled nor put aside yet. */
  readonly inFlight: number
  readonly accepted: number
  /** Messages refused at the door: full, stopped, already aborted, or without time left. */
  readonly rejected: number
  /** Calls of `drain`. */
  readonly batches: number
}
