const capacity = 1 << 20

/** Durations in the order they came, the last million of them. */
export class Samples {
  readonly #values = new Float64Array(capacity)
  #count = 0

  add(value: number): void {
    this.#values[this.#count++ & (capacity - 1)] = value
  }

  get count(): number {
    return this.#count
  }

  /** A copy. */
  values(): Float64Array {
    return this.#values.slice(0, Math.min(this.#count, capacity))
  }
}
