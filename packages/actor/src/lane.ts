import type { MessageState } from './message-state.ts'
import { Ring } from './ring.ts'

/**
 * What a full mailbox does with a message.
 *
 * - `reject` refuses the new one: `BUSY`.
 * - `wait` lets an ask wait for room, in order, until its own deadline or signal; a `tell` is `BUSY`.
 * - `drop-oldest` takes the new one and gives up the oldest: `BUSY` for its caller, and a dead letter.
 */
export type Overflow = 'reject' | 'wait' | 'drop-oldest'

export interface LaneOptions {
  readonly capacity: number
  readonly overflow: Overflow
  readonly maxWaiting: number
}

export interface Queueable {
  state: MessageState
  /** Of one that was put aside: where it stands among all that ever were. */
  readonly place?: number | undefined
}

/** Gone messages are left in their ring as gaps; below this many a sweep is not worth it. */
const tolerableGaps = 64

/** The bounded queue of one priority, and behind it, if the policy is `wait`, the bounded line of those who wait for room. All O(1), amortised. */
export class Lane<T extends Queueable> {
  readonly #options: LaneOptions
  readonly #queued = new Ring<T>()
  /** Those that were put aside and are back, before the others; the last is the next. */
  #returned: T[] = []
  readonly #waiting = new Ring<T>()
  #depth = 0
  #line = 0

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Messages queued: at most `capacity`, and what has come back from the stash. */
  get depth(): number {
    return this.#depth
  }

  /** Messages that wait for room, at most `maxWaiting`. */
  get waiting(): number {
    return this.#line
  }

  /** Where a new message would go; `undefined`: nowhere, it is full. */
  placeFor(mayWait: boolean): 'queued' | 'waiting' | undefined {
    const { capacity, overflow, maxWaiting } = this.#options
    if (this.#depth < capacity || overflow === 'drop-oldest') return 'queued'
    if (mayWait && overflow === 'wait' && this.#line < maxWaiting) return 'waiting'
    return undefined
  }

  /** The message that has to go before another one may be queued; whoever asks settles it, and then it is forgotten. */
  surplus(): T | undefined {
    if (this.#depth < this.#options.capacity) return undefined
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      if (item.state === 'queued') return item
    }
    return undefined
  }

  /** Puts a message at the place that `placeFor` gave. */
  push(item: T, place: 'queued' | 'waiting'): void {
    item.state = place
    if (place === 'queued') {
      this.#queued.push(item)
      this.#depth++
    } else {
      this.#waiting.push(item)
      this.#line++
    }
  }

  /** Queues messages that were put aside, by their places and before all others, however full it is; O(n log n). */
  putBack(items: readonly T[]): void {
    for (const item of items) item.state = 'queued'
    this.#depth += items.length
    const returned = this.#returned.filter((item) => item.state === 'queued')
    this.#returned = [...returned, ...items].sort((a, b) => placeOf(b) - placeOf(a))
  }

  /** Adds the oldest messages to `taken`, until it holds `max`; who waited for room moves up. */
  takeInto(taken: T[], max: number): void {
    const before = taken.length
    while (taken.length < max) {
      const item = this.#next()
      if (item === undefined) break
      if (item.state !== 'queued') continue
      item.state = 'taken'
      taken.push(item)
    }
    this.#depth -= taken.length - before
    this.#moveUp()
  }

  /** To be called when a message that was queued or waiting is settled without being taken; its state is already `settled`. */
  forget(from: 'queued' | 'waiting'): void {
    if (from === 'queued') {
      this.#depth--
      this.#sweep(this.#queued, from, this.#depth)
      this.#moveUp()
    } else {
      this.#line--
      this.#sweep(this.#waiting, from, this.#line)
    }
  }

  /** The messages at a place, oldest first; O(n). */
  list(place: 'queued' | 'waiting'): T[] {
    const items =
      place === 'queued' ? [...this.#returned.toReversed(), ...this.#queued.toArray()] : this.#waiting.toArray()
    return items.filter((item) => item.state === place)
  }

  #next(): T | undefined {
    return this.#returned.pop() ?? this.#queued.shift()
  }

  #moveUp(): void {
    while (this.#line > 0 && this.#depth < this.#options.capacity) {
      const item = this.#waiting.shift()
      if (item?.state !== 'waiting') continue
      this.#line--
      this.push(item, 'queued')
    }
  }

  /** Once gaps outnumber messages they are removed, so that a stuck actor's memory stays bounded while callers come and go. */
  #sweep(ring: Ring<T>, place: 'queued' | 'waiting', live: number): void {
    if (ring.size > 2 * live + tolerableGaps) ring.keep((item) => item.state === place)
  }
}

function placeOf({ place }: Queueable): number {
  return place ?? 0
}
