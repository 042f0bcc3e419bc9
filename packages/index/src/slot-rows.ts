import type { Imaged, ImageReader, ImageWriter } from './image.ts'

const pageBits = 10
const pageRows = 1 << pageBits
const rowMask = pageRows - 1
const noRows = new Uint32Array(0)

/**
 * A table of unsigned 32-bit words with one row a slot; what was never set is 0. It grows by pages of 1 024 rows, so
 * growing copies nothing, stalls nothing and leaves at most one page unused.
 */
export class SlotRows implements Imaged {
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

  /** Negative, 0 or positive as the first word that differs is smaller, none differs, or it is greater in row `a`. */
  compare(a: number, b: number): number {
    const pageA = this.#pages[a >>> pageBits]
    const pageB = this.#pages[b >>> pageBits]
    if (pageA === undefined || pageB === undefined) return 0
    const words = this.#words
    const startA = (a & rowMask) * words
    const startB = (b & rowMask) * words
    for (let word = 0; word < words; word++) {
      const difference = (pageA[startA + word] ?? 0) - (pageB[startB + word] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }

  clear(): void {
    this.#pages.length = 0
  }

  save(image: ImageWriter): void {
    image.numbers(this.#pages.length)
    for (const page of this.#pages) image.words(page ?? noRows)
  }

  load(image: ImageReader): void {
    const [pages = 0] = image.numbers(1)
    for (let at = 0; at < pages; at++) {
      const page = image.words()
      if (page.length !== 0 && page.length !== pageRows * this.#words)
        throw new RangeError(`expected a page of ${pageRows} rows of ${this.#words} words, found ${page.length} words`)
      this.#pages.push(page.length === 0 ? undefined : page)
    }
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
