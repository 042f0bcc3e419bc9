import type { Slot } from '@stateward/contract'
import { DamagedImage } from '../images/damaged-image.ts'
import { bytesOf, type Imaged, type ImageReader, type ImageWriter } from '../images/image.ts'
import { LazyPages } from '../images/lazy-pages.ts'
import { makeWords, packWords, unpackWords } from '../images/packed-words.ts'

const pageBits = 10
const wordsPerPage = (1 << pageBits) / 32
const wordMask = wordsPerPage - 1

/**
 * One bit for each slot in each of a number of slices, and how many are set in each. What a slot has set is one column, written at
 * once; what has several slices set is found 32 slots at a time. A page holds 1 024 slots, slice after slice, so that
 * it grows without copying, and a question reads of each page 128 bytes a slice. Loaded, it reads a page when it is needed.
 */
export class BitSlices implements Imaged {
  readonly #slices: number
  readonly #counts: Uint32Array
  readonly #pages: LazyPages<Uint32Array>

  constructor(slices: number) {
    this.#slices = slices
    this.#counts = new Uint32Array(slices)
    this.#pages = new LazyPages<Uint32Array>({
      ...{ sizeOf, memoryOf, copyOf },
      bytesOf: (page) => bytesOf(packWords(page)),
      pageOf: (bytes) => pageOf(bytes, slices),
    })
  }

  /** How many slots have this slice set. */
  count(slice: number): number {
    return this.#counts[slice] ?? 0
  }

  /** The slot has those slices set from now on that are 1 in `set`, which has a byte for each; `undefined`: none. O(slices). */
  put(slot: Slot, set: Uint8Array | undefined): void {
    const page = this.#pages.own(slot >>> pageBits) ?? this.#newPage(slot, set)
    if (page === undefined) return
    const bit = 1 << slot
    let at = (slot >>> 5) & wordMask
    for (let slice = 0; slice < this.#slices; slice++, at += wordsPerPage) {
      const word = page[at] ?? 0
      const isSet = (word & bit) !== 0
      if (isSet === (set !== undefined && set[slice] === 1)) continue
      page[at] = word ^ bit
      this.#counts[slice] = this.count(slice) + (isSet ? -1 : 1)
    }
  }

  /** Slots that have all of these slices set, ascending; at least one slice. */
  *slots(slices: readonly number[]): IterableIterator<Slot> {
    const starts = slices.map((slice) => slice * wordsPerPage)
    for (let number = 0; number < this.#pages.length; number++) {
      const page = this.#pages.get(number)
      if (page === undefined) continue
      for (let word = 0; word < wordsPerPage; word++) {
        let bits = -1
        for (let at = 0; at < starts.length && bits !== 0; at++) bits &= page[(starts[at] ?? 0) + word] ?? 0
        for (; bits !== 0; bits &= bits - 1) yield (number << pageBits) + (word << 5) + lowest(bits)
      }
    }
  }

  /** Whether `put` of the same has nothing to change. O(slices). */
  has(slot: Slot, set: Uint8Array | undefined): boolean {
    const page = this.#pages.get(slot >>> pageBits)
    if (page === undefined) return set === undefined
    const bit = 1 << slot
    let at = (slot >>> 5) & wordMask
    for (let slice = 0; slice < this.#slices; slice++, at += wordsPerPage)
      if ((((page[at] ?? 0) & bit) !== 0) !== (set !== undefined && set[slice] === 1)) return false
    return true
  }

  /** How many slots have each slice set, counted bit by bit. */
  counted(): Uint32Array {
    const counts = new Uint32Array(this.#slices)
    for (let number = 0; number < this.#pages.length; number++) {
      const page = this.#pages.get(number) ?? []
      for (let at = 0; at < page.length; at++) {
        const slice = Math.floor(at / wordsPerPage)
        counts[slice] = (counts[slice] ?? 0) + bitsIn(page[at] ?? 0)
      }
    }
    return counts
  }

  /** Takes away what all other slots have set. O(words). */
  keep(slots: Uint32Array): void {
    const live = new Uint32Array(this.#pages.length * wordsPerPage)
    for (const slot of slots) live[slot >>> 5] = (live[slot >>> 5] ?? 0) | (1 << slot)
    for (let number = 0; number < this.#pages.length; number++) {
      const page = this.#pages.own(number) ?? []
      const start = number * wordsPerPage
      for (let at = 0; at < page.length; at++) page[at] = (page[at] ?? 0) & (live[start + (at & wordMask)] ?? 0)
    }
    this.#counts.set(this.counted())
  }

  get bytes(): number {
    return this.#pages.bytes + this.#counts.byteLength
  }

  clear(): void {
    this.#counts.fill(0)
    this.#pages.clear()
  }

  release(): readonly ArrayBufferView[] {
    return this.#pages.release()
  }

  save(image: ImageWriter): void {
    image.words(this.#counts)
    this.#pages.save(image)
  }

  load(image: ImageReader): void {
    const counts = image.words()
    if (counts.length !== this.#slices)
      throw new DamagedImage(`${counts.length} slices, where ${this.#slices} are expected`)
    this.#counts.set(counts)
    this.#pages.load(image)
  }

  #newPage(slot: Slot, set: Uint8Array | undefined): Uint32Array | undefined {
    if (set === undefined) return undefined
    const page = new Uint32Array(this.#slices * wordsPerPage)
    this.#pages.set(slot >>> pageBits, page)
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

/** The number of the lowest bit that is set. */
function lowest(word: number): number {
  return 31 - Math.clz32(word & -word)
}

function bitsIn(word: number): number {
  let count = 0
  for (let left = word; left !== 0; left &= left - 1) count++
  return count
}

function pageOf(bytes: Uint8Array<ArrayBuffer>, slices: number): Uint32Array {
  const page = unpackWords(new Uint32Array(bytes.buffer), makeWords)
  if (page.length === slices * wordsPerPage) return page
  throw new DamagedImage(`${page.length} words, where a page of ${slices} slices is expected`)
}
