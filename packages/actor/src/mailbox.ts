import { Ring } from './ring.ts'

/**
 * What a full mailbox does with a message: `reject` refuses it (`BUSY`); `wait` lets an ask wait for room, in order, until
 * its own deadline or signal.
 */
export type Overflow = 'reject' | 'wait'

/** Where a message is. `waiting`: for room. `taken`: handed out. `claimed`: past the point of no return. */
export type MessageState = 'waiting' | 'queued' | 'taken' | 'claimed' | 'settled'

export interface MailboxOptions {
  readonly capacity: number
  readonly overflow: Overflow
  readonly maxWaiting: number
}

/** Gone messages are left in their ring as gaps; below this many a sweep is not worth it. */
const tolerableGaps = 64

/**
 * A bounded queue, and behind it, if the policy is `wait`, the bounded line of those who wait for room. All O(1), amortised.
 * This is the place for several priorities: a ring each, and `take` chooses.
 */
export class Mailbox<T extends { state: MessageState }> {
  readonly #options: MailboxOptions
  readonly #queued = new Ring<T>()
  readonly #waiting = new Ring<T>()
  #depth = 0
  #line = 0

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  /** Messages queued, at most `capacity`. */
  get depth(): number {
    return this.#depth
  }

  /** Messages that wait for room, at most `maxWaiting`. */
  get waiting(): number {
    return this.#line
  }

  /** Where a new message would go; `undefined`: nowhere, it is full. */
  placeFor(mayWait: boolean): 'queued' | 'waiting' | undefined {
    if (this.#depth < this.#options.capacity) return 'queued'
    if (mayWait && this.#options.overflow === 'wait' && this.#line < this.#options.maxWaiting) return 'waiting'
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

  /** Takes the oldest messages out, at most `max`; who waited for room moves up. */
  take(max: number): T[] {
    const taken: T[] = []
    while (taken.length < max) {
      const item = this.#queued.shift()
      if (item === undefined) break
      if (item.state !== 'queued') continue
      item.state = 'taken'
      taken.push(item)
    }
    this.#depth -= taken.length
    this.#moveUp()
    return taken
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
    return (place === 'queued' ? this.#queued : this.#waiting).toArray().filter((item) => item.state === place)
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
