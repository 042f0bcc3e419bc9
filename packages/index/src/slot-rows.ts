import { DamagedImage } from './damaged-image.ts'
import { bytesOf, type Imaged, type ImageReader, type ImageWriter } from './image.ts'
import type { Pieces } from './pieces.ts'

const pageBits = 10
const pageRows = 1 << pageBits
const rowMask = pageRows - 1
const noBytes = new Uint8Array(0)

/**
 * A table of unsigned 32-bit words with one row a slot; what was never set is 0. It grows by pages of 1 024 rows, so
 * growing copies nothing, stalls nothing and leaves at most one page unused. Loaded, it reads a page when it is needed.
 */
export class SlotRows implements Imaged {
  readonly #words: number
  readonly #pages: (Uint32Array | undefined)[] = []
  /** Where pages are that have not been read yet. */
  #unread: Pieces | undefined

  /** @param words in a row */
  constructor(words: number) {
    this.#words = words
  }

  get(row: number, word: number): number {
    const page = this.#pages[row >>> pageBits] ?? this.#read(row >>> pageBits)
    return page === undefined ? 0 : (page[(row & rowMask) * this.#words + word] ?? 0)
  }

  set(row: number, word: number, value: number): void {
    this.#page(row)[(row & rowMask) * this.#words + word] = value
  }

  /** Negative, 0 or positive as the first word that differs is smaller, none differs, or it is greater in row `a`. */
  compare(a: number, b: number): number {
    const pageA = this.#pages[a >>> pageBits] ?? this.#read(a >>> pageBits)
    const pageB = this.#pages[b >>> pageBits] ?? this.#read(b >>> pageBits)
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
    this.#unread = undefined
  }

  save(image: ImageWriter): void {
    image.pieces(Array.from(this.#pages, (page) => (page === undefined ? noBytes : bytesOf(page))))
  }

  load(image: ImageReader): void {
    this.#unread = image.pieces()
    image.later(this.#rest())
  }

  /** Reads a page that is needed now. */
  #read(at: number): Uint32Array | undefined {
    const page = this.#unread?.take(at, (bytes) => pageOf(bytes, this.#words))
    if (page !== undefined) this.#keep(at, page)
    return page
  }

  *#rest(): Generator<number> {
    for (let at = 0; at < (this.#unread?.count ?? 0); at++) {
      if (this.#unread?.has(at) !== true || this.#pages[at] !== undefined) continue
      yield this.#unread.at(at)
      if (this.#pages[at] === undefined) this.#read(at)
    }
    this.#unread = undefined
  }

  #page(row: number): Uint32Array {
    const at = row >>> pageBits
    const there = this.#pages[at] ?? this.#read(at)
    if (there !== undefined) return there
    const page = new Uint32Array(pageRows * this.#words)
    this.#keep(at, page)
    return page
  }

  #keep(at: number, page: Uint32Array): void {
    while (this.#pages.length <= at) this.#pages.push(undefined)
    this.#pages[at] = page
  }
}

function pageOf(bytes: Uint8Array<ArrayBuffer>, words: number): Uint32Array {
  const page = new Uint32Array(bytes.buffer)
  if (page.length === pageRows * words) return page
  throw new DamagedImage(`${page.length} words, where a page of ${pageRows} rows of ${words} is expected`)
}
