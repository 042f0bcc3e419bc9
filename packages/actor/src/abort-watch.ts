/**
 * One listener a signal, however many asks share it: Node warns of a leak at the eleventh listener of a signal, and adding
 * the n-th costs a walk over all before it.
 */
export class AbortWatch<T> {
  readonly #onAbort: (item: T) => void
  readonly #followers = new Map<EventTarget, Set<T>>()

  constructor(onAbort: (item: T) => void) {
    this.#onAbort = onAbort
  }

  follow(signal: AbortSignal, item: T): void {
    const others = this.#followers.get(signal)
    if (others !== undefined) {
      others.add(item)
      return
    }
    this.#followers.set(signal, new Set([item]))
    signal.addEventListener('abort', this)
  }

  /** Unfollowing what is not followed is allowed. */
  unfollow(signal: AbortSignal, item: T): void {
    const items = this.#followers.get(signal)
    if (items?.delete(item) && items.size === 0) this.#release(signal)
  }

  /** Called by the signal. */
  handleEvent(event: Event): void {
    const signal = event.target
    if (signal === null) return
    const items = this.#followers.get(signal)
    this.#release(signal)
    for (const item of items ?? []) this.#onAbort(item)
  }

  #release(signal: EventTarget): void {
    this.#followers.delete(signal)
    signal.removeEventListener('abort', this)
  }
}
