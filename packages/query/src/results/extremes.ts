import { compareValues, type FieldKind, type JsonValue } from '@stateward/contract'

export interface ExtremesOptions {
  readonly kind: FieldKind
  /** 1: the least comes first; -1: the most. */
  readonly direction: 1 | -1
  readonly reserve: number
  readonly isWhole: boolean
}

interface Held {
  readonly value: JsonValue
  count: number
}

/**
 * The first of values that come and go, in their order: holds the nearest distinct ones, and of those behind them how many they are. So a
 * change costs O(log reserve) and a move of pointers, however many values there are; once all that were held have gone, the
 * first of the others is not known.
 */
export class Extremes {
  readonly reserve: number
  readonly #options: ExtremesOptions
  /** In order. Whatever is not among them comes behind the last. */
  readonly #held: Held[] = []
  #behind = 0

  constructor(options: ExtremesOptions) {
    this.#options = options
    this.reserve = options.reserve
  }

  /** Of several ways to write one value the least text. */
  get first(): JsonValue | undefined {
    return this.#held[0]?.value
  }

  /** Whether there are values, and which is the first is not known. */
  get isShort(): boolean {
    return this.#held.length === 0 && this.#behind > 0
  }

  /** `false` where all are to be held, and it is one too many. */
  add(value: JsonValue): boolean {
    const at = this.#placeOf(value)
    const there = this.#held[at]
    if (there !== undefined && this.#compare(there.value, value) === 0) there.count++
    else if (at === this.#held.length && this.#behind > 0) this.#behind++
    else {
      this.#held.splice(at, 0, { value, count: 1 })
      if (this.#held.length > this.reserve) return this.#letGo()
    }
    return true
  }

  remove(value: JsonValue): void {
    const at = this.#placeOf(value)
    const there = this.#held[at]
    if (there === undefined || this.#compare(there.value, value) !== 0) this.#behind--
    else if (--there.count === 0) this.#held.splice(at, 1)
  }

  #letGo(): boolean {
    if (this.#options.isWhole) return false
    this.#behind += this.#held.pop()?.count ?? 0
    return true
  }

  #placeOf(value: JsonValue): number {
    let [low, high] = [0, this.#held.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#held[middle]
      if (there !== undefined && this.#compare(there.value, value) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(left: JsonValue, right: JsonValue): number {
    const order = compareValues(left, right, this.#options.kind) * this.#options.direction
    if (order !== 0) return order
    const [one, other] = [String(left), String(right)]
    return one < other ? -1 : one > other ? 1 : 0
  }
}
