import { type Work, work } from 'stateward'
import type { Claims, HeldWork } from '../contender.ts'
import type { WorkState } from './work-state.ts'

/** Longer than any turn lasts: nothing expires. */
const ttlMs = 3_600_000

export class StatewardClaims implements Claims {
  readonly #state: WorkState
  readonly #work: Work

  constructor(state: WorkState) {
    this.#state = state
    this.#work = work(state)
  }

  async ready(limit: number): Promise<readonly string[]> {
    return (await this.#work.ready({ limit })).map(({ id }) => id)
  }

  claimNext(holder: string): Promise<HeldWork | undefined> {
    return this.#work.claimNext({ holder, ttlMs })
  }

  complete(held: HeldWork): Promise<unknown> {
    return this.#work.release(held, { outcome: 'completed' })
  }

  async ended(): Promise<{ readonly specs: number; readonly claims: number }> {
    const { claim, spec } = this.#state
    return {
      specs: await spec.where({ status: 'completed' }).count(),
      claims: await claim.where({ status: 'released' }).count(),
    }
  }
}
