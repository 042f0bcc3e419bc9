const firstCapacity = 1_024

/** Numbers in a row of eight bytes each, which grows as they come. */
export class NumberList {
  #numbers = new Float64Array(firstCapacity)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const grown = new Float64Array(this.#length * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[this.#length++] = number
  }

  /** Shares its memory with this list. */
  toArray(): Float64Array {
    return this.#numbers.subarray(0, this.#length)
  }
}
