import { DamagedImage } from '../images/damaged-image.ts'
import { bytesOf, type Imaged, type ImageReader, type ImageWriter } from '../images/image.ts'
import { LazyPages } from '../images/lazy-pages.ts'
import { makeWords, packWords, unpackWords } from '../images/packed-words.ts'

const pageBits = 10
const pageRows = 1 << pageBits
const rowMask = pageRows - 1

/**
 * A table of unsigned 32-bit words with one row a slot; what was never set is 0. It grows by pages of 1 024 rows, so
 * growing copies nothing, stalls nothing and leaves at most one page unused. Loaded, it reads a page when it is needed.
 */
export class SlotRows implements Imaged {
  readonly #words: number
  readonly #pages: LazyPages<Uint32Array>

  /** @param words in a row */
  constructor(words: number) {
    this.#words = words
    this.#pages = new LazyPages<Uint32Array>({
      ...{ sizeOf, memoryOf, copyOf },
      bytesOf: (page) => bytesOf(packWords(page, words)),
      pageOf: (bytes) => pageOf(bytes, words),
    })
  }

  get(row: number, word: number): number {
    const page = this.#pages.get(row >>> pageBits)
    return page === undefined ? 0 : (page[(row & rowMask) * this.#words + word] ?? 0)
  }

  /** All words of a row, or of what was never set zeros. */
  read(row: number, into: Uint32Array): void {
    const page = this.#pages.get(row >>> pageBits)
    const start = (row & rowMask) * this.#words
    for (let word = 0; word < this.#words; word++) into[word] = page?.[start + word] ?? 0
  }

  write(row: number, from: Uint32Array): void {
    const page = this.#page(row)
    const start = (row & rowMask) * this.#words
    for (let word = 0; word < this.#words; word++) page[start + word] = from[word] ?? 0
  }

  set(row: number, word: number, value: number): void {
    this.#page(row)[(row & rowMask) * this.#words + word] = value
  }

  /** Negative, 0 or positive as the first word that differs is smaller, none differs, or it is greater in row `a`. */
  compare(a: number, b: number): number {
    const pageA = this.#pages.get(a >>> pageBits)
    const pageB = this.#pages.get(b >>> pageBits)
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

  get bytes(): number {
    return this.#pages.bytes
  }

  clear(): void {
    this.#pages.clear()
  }

  release(): readonly ArrayBufferView[] {
    return this.#pages.release()
  }

  save(image: ImageWriter): void {
    this.#pages.save(image)
  }

  load(image: ImageReader): void {
    this.#pages.load(image)
  }

  #page(row: number): Uint32Array {
    const at = row >>> pageBits
    const there = this.#pages.own(at)
    if (there !== undefined) return there
    const page = new Uint32Array(pageRows * this.#words)
    this.#pages.set(at, page)
    return page
  }
}

function sizeOf({ byteLength }: Uint32Array): number {
  return byteLength
}

function memoryOf(page: Uint32Array): Uint32Array {
  return page
}

function copyOf(page: Uint32Array): Uint32Array {
  return page.slice()
}

function pageOf(bytes: Uint8Array<ArrayBuffer>, words: number): Uint32Array {
  const page = unpackWords(new Uint32Array(bytes.buffer), makeWords)
  if (page.length === pageRows * words) return page
  throw new DamagedImage(`${page.length} words, where a page of ${pageRows} rows of ${words} is expected`)
}
