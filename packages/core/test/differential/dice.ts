/** Numbers that look random and are the same for the same seed. Source: xorshift32, Marsaglia 2003. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1
    for (let at = 0; at < 4; at++) this.below(2)
  }

  /** 0 … count - 1. */
  below(count: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % count
  }

  /** Once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  one<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  /** About half of them. */
  some<T>(items: readonly T[]): T[] {
    return items.filter(() => this.once(2))
  }

  many<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make)
  }
}
