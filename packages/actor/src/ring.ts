const smallest = 16
/** Beyond this size a ring that has run empty gives its memory back. */
const keptWhenEmpty = 1_024

const emptySlots = <T>(length: number): (T | undefined)[] => new Array<T | undefined>(length).fill(undefined)

/** First in, first out, in a circular array of 8 bytes a slot. `push` and `shift` are O(1), amortised over the doublings. */
export class Ring<T extends object> {
  /** Empty until something comes: most rings of most actors stay so. */
  #slots: (T | undefined)[] = []
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#refill(this.toArray(), Math.max(smallest, this.#size * 2))
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item
    this.#size++
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#size--
    if (this.#size === 0 && this.#slots.length > keptWhenEmpty) this.#refill([], smallest)
    return item
  }

  /** The items, oldest first; O(n). */
  toArray(): T[] {
    const items: T[] = []
    for (let index = 0; index < this.#size; index++) {
      const item = this.#slots[(this.#head + index) & (this.#slots.length - 1)]
      if (item !== undefined) items.push(item)
    }
    return items
  }

  /** Keeps only the items that pass, in their order; O(n). */
  keep(passes: (item: T) => boolean): void {
    const items = this.toArray().filter(passes)
    let length = smallest
    while (length < items.length) length *= 2
    this.#refill(items, length)
  }

  #refill(items: readonly T[], length: number): void {
    this.#slots = emptySlots(length)
    for (const [index, item] of items.entries()) this.#slots[index] = item
    this.#head = 0
    this.#size = items.length
  }
}
