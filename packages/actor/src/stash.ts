/** What `stash()` gives, for a handler to return: the answer comes from whoever handles the message in the end. */
export const stashed: unique symbol = Symbol('stashed')
export type Stashed = typeof stashed

interface Stashable {
  /** Of one that was put aside before: where it stands among all that ever were. */
  readonly place: number | undefined
}

/** The messages that an actor has put aside. */
export class Stash<T extends Stashable> {
  readonly #messages = new Map<Stashable, T>()
  #places = 0

  get size(): number {
    return this.#messages.size
  }

  /** Where a message is to stand. */
  placeOf({ place }: Stashable): number {
    return place ?? this.#places++
  }

  add(message: T): void {
    this.#messages.set(message, message)
  }

  /** A message has been settled. */
  forget(message: Stashable): void {
    this.#messages.delete(message)
  }

  /** Takes out all; O(n). */
  takeAll(): readonly T[] {
    const all = [...this.#messages.values()]
    this.#messages.clear()
    return all
  }
}
