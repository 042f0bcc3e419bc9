import type { Clock, Timers } from '@stateward/contract'

export interface IdleLineOptions<T> {
  /** So long in the line is long enough. */
  readonly idleMs: number
  readonly clock: Clock
  readonly timers: Timers
  /** Called with each that has been in the line for long enough; takes it out. */
  readonly due: (one: T) => void
}

/** What nobody uses, in the order in which it was left. One timer for all of them. */
export class IdleLine<T> implements Iterable<T> {
  readonly #options: IdleLineOptions<T>
  readonly #sinceMs = new Map<T, number>()
  #cancel: (() => void) | undefined
  #isResting = false

  constructor(options: IdleLineOptions<T>) {
    this.#options = options
  }

  get size(): number {
    return this.#sinceMs.size
  }

  has(one: T): boolean {
    return this.#sinceMs.has(one)
  }

  /** From the one that was left first. May be changed meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return this.#sinceMs.keys()
  }

  /** It is left now. */
  add(one: T): void {
    this.#sinceMs.set(one, this.#options.clock.monotonicMs())
    if (this.#cancel === undefined) this.#plan()
  }

  delete(one: T): void {
    this.#sinceMs.delete(one)
  }

  /** Nothing becomes due any more. */
  rest(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#isResting = true
  }

  /** Looks again when the one that was left first is due. That may be used meanwhile: then it is one look too many. */
  #plan(): void {
    const { clock, timers, idleMs, due } = this.#options
    const [oldest] = this.#sinceMs.values()
    if (oldest === undefined || this.#isResting) return
    this.#cancel = timers.after(Math.max(1, oldest + idleMs - clock.monotonicMs()), () => {
      this.#cancel = undefined
      for (const [one, sinceMs] of this.#sinceMs) {
        if (sinceMs + idleMs > clock.monotonicMs()) break
        due(one)
      }
      if (this.#cancel === undefined) this.#plan()
    })
  }
}
