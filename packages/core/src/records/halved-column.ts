/** Rows of one page. */
export const pageRows = 1_024

/**
 * Whole numbers from 0 to 2^53, one a row of a page; what was never set is 0. Their lower halves stand in an array that is given; of their
 * upper halves there is one number while all are the same, as those of neighbours nearly always are, else 4 bytes a row.
 */
export class HalvedColumn {
  readonly #low: Uint16Array | Uint32Array
  /** How many values a lower half has. */
  readonly #base: number
  /** One more than the last row that was set. */
  #used = 0
  #same = 0
  #high: Uint32Array | undefined

  /** @param low a place for each row, all 0 */
  constructor(low: Uint16Array | Uint32Array) {
    this.#low = low
    this.#base = 2 ** (low.BYTES_PER_ELEMENT * 8)
  }

  get(at: number): number {
    if (at >= this.#used) return 0
    const high = this.#high === undefined ? this.#same : (this.#high[at] ?? 0)
    return high * this.#base + (this.#low[at] ?? 0)
  }

  set(at: number, value: number): void {
    const high = Math.floor(value / this.#base)
    if (this.#used === 0 && at === 0) this.#same = high
    // A row that was left out holds 0.
    else if (this.#high === undefined && (high !== this.#same || (at > this.#used && high !== 0)))
      this.#high = new Uint32Array(pageRows).fill(this.#same, 0, this.#used)
    if (this.#high !== undefined) this.#high[at] = high
    this.#low[at] = value - high * this.#base
    if (at >= this.#used) this.#used = at + 1
  }

  /** All rows, as `set` one after the other. */
  fill(values: ArrayLike<number>): void {
    for (let at = 0; at < pageRows; at++) this.set(at, values[at] ?? 0)
  }

  /** All rows; what was given comes back. */
  copyTo<Into extends Float64Array | Uint32Array>(into: Into): Into {
    for (let at = 0; at < pageRows; at++) into[at] = this.get(at)
    return into
  }

  /** The same numbers; `low` holds a copy of their lower halves already. */
  copy(low: Uint16Array | Uint32Array): HalvedColumn {
    const copy = new HalvedColumn(low)
    copy.#used = this.#used
    copy.#same = this.#same
    copy.#high = this.#high?.slice()
    return copy
  }

  /** Of the upper halves. */
  get bytes(): number {
    return this.#high?.byteLength ?? 0
  }
}
