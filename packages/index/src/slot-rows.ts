const pageBits = 10
const pageRows = 1 << pageBits
const rowMask = pageRows - 1

/**
 * A table of unsigned 32-bit words with one row a slot; what was never set is 0. It grows by pages of 1 024 rows, so
 * growing copies nothing, stalls nothing and leaves at most one page unused.
 */
export class SlotRows {
  readonly #words: number
  readonly #pages: (Uint32Array | undefined)[] = []

  /** @param words in a row */
  constructor(words: number) {
    this.#words = words
  }

  get(row: number, word: number): number {
    const page = this.#pages[row >>> pageBits]
    return page === undefined ? 0 : (page[(row & rowMask) * this.#words + word] ?? 0)
  }

  set(row: number, word: number, value: number): void {
    this.#page(row)[(row & rowMask) * this.#words + word] = value
  }

  clear(): void {
    this.#pages.length = 0
  }

  #page(row: number): Uint32Array {
    const at = row >>> pageBits
    const there = this.#pages[at]
    if (there !== undefined) return there
    while (this.#pages.length <= at) this.#pages.push(undefined)
    const page = new Uint32Array(pageRows * this.#words)
    this.#pages[at] = page
    return page
  }
}
