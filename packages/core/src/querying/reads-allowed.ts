import { limits, StatewardError, type StoredRecord } from '@stateward/contract'
import type { BodyRequest } from '../records/bodies.ts'
import { readNow } from '../state/read-now.ts'
import type { QueryGround } from './query-ground.ts'

/** What one call that nothing else can run beside may read from the log: `limits.viewBodies` records, whatever they are read for. */
export class ReadsAllowed {
  readonly #ground: QueryGround
  #left: number = limits.viewBodies

  constructor(ground: QueryGround) {
    this.#ground = ground
  }

  /** The first of these, in their order: as many as may still be read. */
  some(requests: readonly BodyRequest[]): readonly StoredRecord[] {
    const allowed = requests.slice(0, this.#left)
    this.#left -= allowed.length
    return (this.#ground.metered?.readNow ?? readNow)(this.#ground.live, allowed)
  }

  /** All of these, in their order. Throws `TOO_LARGE` where that is more than may still be read. */
  all(requests: readonly BodyRequest[]): readonly StoredRecord[] {
    if (requests.length > this.#left) throw tooManyCold(this.#ground.type.name)
    return this.some(requests)
  }
}

/** More than a call that nothing else can run beside may read. */
export function tooManyCold(type: string): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a view of ${type} to read at most ${limits.viewBodies} records from the log, found more; ask with a promise`,
    { details: { type, most: limits.viewBodies } },
  )
}
