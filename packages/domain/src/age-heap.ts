/** Something with an age, that knows its own place in the one heap it may be in; -1: in none. */
export interface Aged {
  readonly id: string
  /** Grows with the time of creation; equal ages are told apart by id. */
  readonly age: string
  place: number
}

/**
 * The oldest first: a binary heap that also gives up any item it holds. Adding and removing cost O(log n), the `k` oldest
 * O(k²) at worst and O(k log n) as a rule. Source: J. W. J. Williams, Algorithm 232 (Heapsort), CACM 7 (1964), 347.
 */
export class AgeHeap<T extends Aged> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    if (item.place !== -1) return
    item.place = this.#items.length
    this.#items.push(item)
    this.#rise(item)
  }

  remove(item: T): void {
    const { place } = item
    if (place === -1) return
    item.place = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#put(last, place)
    this.#rise(last)
    this.#sink(last)
  }

  /** All of them, oldest first, as many as are asked for. The heap must not change meanwhile. */
  *oldest(): Generator<T, void, undefined> {
    // Every item is older than the two below it, so the next is among those whose item above has been given.
    const next = this.#items.slice(0, 1)
    for (let item = next.shift(); item !== undefined; item = next.shift()) {
      yield item
      for (const below of this.#items.slice(2 * item.place + 1, 2 * item.place + 3)) insert(next, below)
    }
  }

  /** Some of the oldest, in no order. */
  top(count: number): readonly T[] {
    return this.#items.slice(0, count)
  }

  #put(item: T, place: number): void {
    this.#items[place] = item
    item.place = place
  }

  #rise(item: T): void {
    for (let { place } = item; place > 0; place = item.place) {
      const above = this.#items[(place - 1) >> 1]
      if (above === undefined || !isOlder(item, above)) return
      this.#put(item, above.place)
      this.#put(above, place)
    }
  }

  #sink(item: T): void {
    for (;;) {
      const { place } = item
      const [left, right] = this.#items.slice(2 * place + 1, 2 * place + 3)
      const older = left !== undefined && right !== undefined && isOlder(right, left) ? right : left
      if (older === undefined || !isOlder(older, item)) return
      this.#put(item, older.place)
      this.#put(older, place)
    }
  }
}

export function isOlder(left: Aged, right: Aged): boolean {
  return left.age < right.age || (left.age === right.age && left.id < right.id)
}

function insert<T extends Aged>(sorted: T[], item: T): void {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = sorted[middle]
    if (other !== undefined && isOlder(other, item)) low = middle + 1
    else high = middle
  }
  sorted.splice(low, 0, item)
}
