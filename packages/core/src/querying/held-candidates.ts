import type { Seq, Slot } from '@stateward/contract'
import type { Sieve } from '@stateward/index'
import type { Access } from '@stateward/query'
import { BodyRequest } from '../records/bodies.ts'
import type { Live, LiveType, Watcher } from '../state/live.ts'
import { type Candidate, siftedAt, slotsOf } from '../state/read-view.ts'

/**
 * The candidates of an access as they are at this moment, to be looked at in later turns, while others write: what is changed before
 * it was looked at is kept here as it was. Taking them costs a number each, of a scan nothing. Must be closed, or it watches for ever.
 */
export class HeldCandidates {
  readonly seq: Seq
  /** Places: at each is a candidate or none. */
  readonly length: number
  readonly #live: Live
  readonly #type: LiveType
  /** `undefined`: those from 0 on, of which some may be free. */
  readonly #slots: readonly Slot[] | undefined
  readonly #sieve: Sieve | undefined
  /** What was in the slots that have changed since. */
  readonly #former = new Map<Slot, Candidate>()
  readonly #watcher: Watcher

  /** @param sieve tells which cannot match */
  constructor(live: Live, type: LiveType, access: Access, sieve?: Sieve) {
    this.#live = live
    this.#type = type
    this.#sieve = sieve
    this.seq = live.lastSeq
    this.#slots = access.kind === 'scan' ? undefined : sifted(slotsOf(type, access), sieve)
    this.length = this.#slots?.length ?? type.rows.used
    this.#watcher = (changed, id, place, before) => {
      const slot = changed === type ? type.rows.slotOf(id) : undefined
      // What was made since is no candidate, also where it changes in a slot that was free when this began.
      if (slot === undefined || place === undefined || place.seq > this.seq || this.#former.has(slot)) return
      this.#former.set(slot, before ?? new BodyRequest(type.name, id, place))
    }
    live.watchers.add(this.#watcher)
  }

  /** Those at the places from one on, below the other, in their order. */
  some(from: number, to: number): readonly Candidate[] {
    const found: Candidate[] = []
    const end = Math.min(to, this.length)
    for (let at = this.#first(from, end); at < end; at = this.#first(at + 1, end)) {
      const candidate = this.#in(this.#slots === undefined ? at : (this.#slots[at] ?? 0))
      if (candidate !== undefined) found.push(candidate)
    }
    return found
  }

  close(): void {
    this.#live.watchers.delete(this.#watcher)
    this.#former.clear()
  }

  /** The first place from this one on that has to be looked at: of a scan most are passed over, but none that was another when it began. */
  #first(from: number, end: number): number {
    if (this.#slots !== undefined || this.#sieve === undefined) return from
    if (this.#former.size === 0) return this.#sieve.next(from, end)
    let at = from
    while (at < end && !this.#former.has(at) && !this.#sieve.mayMatch(at)) at++
    return at
  }

  #in(slot: Slot): Candidate | undefined {
    const former = this.#former.size === 0 ? undefined : this.#former.get(slot)
    if (former !== undefined) return former
    const { rows, cached } = this.#type
    // A slot that was free when this began may hold what was made since.
    if (this.#slots === undefined && (!rows.isLive(slot) || rows.seq(slot) > this.seq)) return undefined
    if (this.#sieve !== undefined) return siftedAt(this.#live, this.#type, slot)
    return this.#live.bodies.get(cached, slot) ?? this.#live.request(this.#type, slot)
  }
}

function sifted(slots: Iterable<Slot>, sieve: Sieve | undefined): readonly Slot[] {
  if (sieve === undefined) return [...slots]
  const passed: Slot[] = []
  for (const slot of slots) if (sieve.mayMatch(slot)) passed.push(slot)
  return passed
}
