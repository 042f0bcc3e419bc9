import type { Clock, Projection, ProjectionKind, StoredRecord } from '@stateward/contract'

interface Held {
  readonly rev: number
  /** On the clock that only grows. */
  readonly untilMs: number
}

/**
 * Until when each claim lives, on the clock of this process that only grows: a claim or heartbeat counts from the moment
 * it became durable here, and what an opening finds, from then. So a clock that is set forward expires nothing, one that
 * is set back lengthens nothing, and a restart gives every holder its time once more.
 * Source: C. G. Gray and D. R. Cheriton, Leases (SOSP 1989), 2: a lease is a term by the server's own clock.
 */
export class HeldClaims implements Projection {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #held = new Map<string, Held>()

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  changed(_type: string, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    if (after?.status !== 'held') {
      this.#held.delete((after ?? before)?.id ?? '')
      return
    }
    const { id, rev, ttl_ms } = after
    if (this.#held.get(id)?.rev === rev) return
    this.#held.set(id, { rev, untilMs: this.#clock.monotonicMs() + (typeof ttl_ms === 'number' ? ttl_ms : 0) })
  }

  /** Whether this claim is held and its time is not up. One that is not durable yet has all of its time before it. */
  isLive(claim: StoredRecord | undefined): boolean {
    if (claim?.status !== 'held') return false
    const held = this.#held.get(claim.id)
    return held?.rev !== claim.rev || this.#clock.monotonicMs() < held.untilMs
  }

  /** Ids of the targets whose claims have outlived their time. O(held claims). */
  *expired(): Generator<string, void, undefined> {
    const now = this.#clock.monotonicMs()
    for (const [id, { untilMs }] of this.#held) if (untilMs <= now) yield id
  }
}

/** How the state manager keeps them. */
export const heldClaims: ProjectionKind<HeldClaims> = {
  name: 'held claims',
  types: ['claim'],
  seeds: [{ type: 'claim', field: 'status', value: 'held' }],
  create: (clock) => new HeldClaims(clock),
  made: (projection) => projection instanceof HeldClaims,
}
