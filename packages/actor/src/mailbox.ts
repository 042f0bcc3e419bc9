import { Lane, type LaneOptions, type Queueable } from './lane.ts'
import { type Priority, priorities } from './priority.ts'

export interface MailboxOptions extends LaneOptions {
  /** The kinds that are not `normal`; absent: all messages are in one lane. */
  readonly priorities: ReadonlyMap<string, Priority> | undefined
  /** How many messages may go before one that came earlier, each time. */
  readonly maxBypass: number
}

/**
 * One lane for each priority. The first that is not empty is served, unless another has been passed over `maxBypass` times:
 * so a message at the head of its lane waits for at most `maxBypass` others and one of each other lane.
 */
export class Mailbox<T extends Queueable & { readonly kind: string }> {
  readonly #options: MailboxOptions
  readonly #lanes: readonly Lane<T>[]
  /** How often each lane was passed over since it was served, while something waited in it. */
  readonly #passed: number[]
  readonly #first: Lane<T>

  constructor(options: MailboxOptions) {
    this.#options = options
    this.#first = new Lane<T>(options)
    this.#lanes =
      options.priorities === undefined
        ? [this.#first]
        : priorities.map((_, at) => (at === 0 ? this.#first : new Lane<T>(options)))
    this.#passed = this.#lanes.map(() => 0)
  }

  /** Messages queued: at most `capacity` in each lane, and what has come back from the stash. */
  get depth(): number {
    return this.#sum((lane) => lane.depth)
  }

  /** Messages that wait for room, at most `maxWaiting` in each lane. */
  get waiting(): number {
    return this.#sum((lane) => lane.waiting)
  }

  /** The lane of a kind; O(1). */
  lane(kind: string): Lane<T> {
    const { priorities: named } = this.#options
    if (named === undefined) return this.#first
    return this.#lanes[priorities.indexOf(named.get(kind) ?? 'normal')] ?? this.#first
  }

  /** Takes out the messages that are next, at most `max`. */
  take(max: number): T[] {
    const taken: T[] = []
    if (this.#lanes.length === 1) this.#first.takeInto(taken, max)
    else while (taken.length < max && this.#takeOne(taken));
    return taken
  }

  /** Queues messages that were put aside, before all others of their lanes. */
  putBack(items: readonly T[]): void {
    for (const lane of this.#lanes) lane.putBack(items.filter(({ kind }) => this.lane(kind) === lane))
  }

  /** The messages at a place, lane after lane, each oldest first; O(n). */
  list(place: 'queued' | 'waiting'): T[] {
    return this.#lanes.flatMap((lane) => lane.list(place))
  }

  #takeOne(taken: T[]): boolean {
    let chosen = -1
    for (const [at, lane] of this.#lanes.entries()) {
      if (lane.depth === 0) continue
      if (chosen === -1 || this.#isOwed(at, chosen)) chosen = at
    }
    for (const [at, lane] of this.#lanes.entries()) {
      const waits = at !== chosen && lane.depth > 0
      this.#passed[at] = waits ? this.#timesPassed(at) + 1 : 0
    }
    this.#lanes[chosen]?.takeInto(taken, taken.length + 1)
    return chosen !== -1
  }

  #isOwed(at: number, chosen: number): boolean {
    const times = this.#timesPassed(at)
    return times >= this.#options.maxBypass && times > this.#timesPassed(chosen)
  }

  #timesPassed(at: number): number {
    return this.#passed[at] ?? 0
  }

  #sum(count: (lane: Lane<T>) => number): number {
    if (this.#lanes.length === 1) return count(this.#first)
    return this.#lanes.reduce((total, lane) => total + count(lane), 0)
  }
}
