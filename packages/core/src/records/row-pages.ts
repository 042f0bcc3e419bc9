import { limits, type Ptr, type Seq, type Slot } from '@stateward/contract'
import { DamagedImage, type Imaged, type ImageReader, ImageWriter, joined, LazyPages, readerOf } from '@stateward/index'
import { HalvedColumn, pageRows } from './halved-column.ts'

const pageBits = 10
const rowMask = pageRows - 1
/** Of a page without its patches: lower halves of pointer, seq and rev, length of the chain. */
const rowBytes = 4 + 4 + 2 + 1
const fixedBytes = Math.ceil((pageRows * rowBytes) / 8) * 8
/** What the engine takes for a list of few pointers and its place in a `Map`. */
const patchesBytes = 120
const noPatches: readonly Ptr[] = []

/** The columns of so many rows, in one buffer but for what is seldom there. */
class Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly whole: HalvedColumn
  readonly seq: HalvedColumn
  readonly rev: HalvedColumn
  readonly chain: Uint8Array
  /** By slot; most records have none. */
  patches: Map<Slot, readonly Ptr[]> | undefined

  /** @param like a page of which this one is a copy */
  constructor(like?: Page) {
    const buffer = like?.bytes.buffer.slice() ?? new ArrayBuffer(fixedBytes)
    this.bytes = new Uint8Array(buffer)
    this.chain = new Uint8Array(buffer, pageRows * 10, pageRows)
    const whole = new Uint32Array(buffer, 0, pageRows)
    const seq = new Uint32Array(buffer, pageRows * 4, pageRows)
    const rev = new Uint16Array(buffer, pageRows * 8, pageRows)
    this.whole = like?.whole.copy(whole) ?? new HalvedColumn(whole)
    this.seq = like?.seq.copy(seq) ?? new HalvedColumn(seq)
    this.rev = like?.rev.copy(rev) ?? new HalvedColumn(rev)
    if (like?.patches !== undefined) this.patches = new Map(like.patches)
  }
}

/** What is read and never changed where there is no page. */
const none = new Page()

/** What is unpacked into these is taken over before anything else is. */
const scratchDoubles = new Float64Array(pageRows)
const scratchWords = new Uint32Array(pageRows)

/** Where the newest version of the record in each slot stands, its rev and seq: 11 bytes a row where the upper halves of neighbours are the same, in pages. Loaded, it reads a page when it is needed. */
export class RowPages implements Imaged {
  readonly #pages = new LazyPages({ sizeOf, memoryOf, copyOf, bytesOf, pageOf })

  whole(slot: Slot): Ptr {
    return this.#seen(slot).whole.get(slot & rowMask)
  }

  seq(slot: Slot): Seq {
    return this.#seen(slot).seq.get(slot & rowMask)
  }

  rev(slot: Slot): number {
    return this.#seen(slot).rev.get(slot & rowMask)
  }

  chain(slot: Slot): number {
    return this.#seen(slot).chain[slot & rowMask] ?? 0
  }

  patches(slot: Slot): readonly Ptr[] {
    const { chain, patches } = this.#seen(slot)
    // Most records have none, and a look at their chain costs less than one into the map.
    return patches === undefined || chain[slot & rowMask] === 0 ? noPatches : (patches.get(slot) ?? noPatches)
  }

  /** A version that stands whole. */
  put(slot: Slot, ptr: Ptr, rev: number, seq: Seq): void {
    const page = this.#page(slot)
    const at = slot & rowMask
    page.whole.set(at, ptr)
    page.seq.set(at, seq)
    page.rev.set(at, rev)
    page.chain[at] = 0
    page.patches?.delete(slot)
  }

  setWhole(slot: Slot, ptr: Ptr): void {
    this.#page(slot).whole.set(slot & rowMask, ptr)
  }

  stamp(slot: Slot, rev: number, seq: Seq): void {
    const page = this.#page(slot)
    page.rev.set(slot & rowMask, rev)
    page.seq.set(slot & rowMask, seq)
  }

  setChain(slot: Slot, length: number): void {
    this.#page(slot).chain[slot & rowMask] = Math.min(limits.patchChain, length)
  }

  setPatches(slot: Slot, ptrs: readonly Ptr[]): void {
    const page = this.#page(slot)
    if (ptrs.length === 0) {
      page.patches?.delete(slot)
      return
    }
    page.patches ??= new Map()
    page.patches.set(slot, ptrs)
  }

  get bytes(): number {
    return this.#pages.bytes
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

  #seen(slot: Slot): Page {
    return this.#pages.get(slot >>> pageBits) ?? none
  }

  #page(slot: Slot): Page {
    const at = slot >>> pageBits
    const there = this.#pages.own(at)
    if (there !== undefined) return there
    const page = new Page()
    this.#pages.set(at, page)
    return page
  }
}

function sizeOf({ whole, seq, rev, patches }: Page): number {
  return fixedBytes + whole.bytes + seq.bytes + rev.bytes + (patches?.size ?? 0) * patchesBytes
}

/** All columns are in one buffer, but for what is seldom there. */
function memoryOf({ bytes }: Page): ArrayBufferView {
  return bytes
}

function copyOf(page: Page): Page {
  return new Page(page)
}

/** The columns, and then slot, number of pointers, pointers, and so on. */
function bytesOf(page: Page): Uint8Array {
  const patches: number[] = []
  for (const [slot, ptrs] of page.patches ?? []) patches.push(slot, ptrs.length, ...ptrs)
  const image = new ImageWriter()
  image.doubles(page.whole.copyTo(new Float64Array(pageRows)))
  image.doubles(page.seq.copyTo(new Float64Array(pageRows)))
  image.words(page.rev.copyTo(new Uint32Array(pageRows)))
  image.words(Uint32Array.from(page.chain))
  image.doubles(Float64Array.from(patches))
  return joined(image.parts())
}

function pageOf(bytes: Uint8Array<ArrayBuffer>): Page {
  const image = readerOf(bytes)
  const page = new Page()
  page.whole.fill(image.doublesInto(columnOf(scratchDoubles)))
  page.seq.fill(image.doublesInto(columnOf(scratchDoubles)))
  page.rev.fill(image.wordsInto(columnOf(scratchWords)))
  page.chain.set(image.wordsInto(columnOf(scratchWords)))
  const packed = image.doubles()
  for (let at = 0; at < packed.length; ) {
    const slot = packed[at] ?? 0
    const end = at + 2 + (packed[at + 1] ?? 0)
    if (!(end > at + 2 && end <= packed.length)) throw new DamagedImage('patches that do not end')
    page.patches ??= new Map()
    page.patches.set(slot, [...packed.subarray(at + 2, end)])
    at = end
  }
  return page
}

/** The column that is filled, if there is as much for it as it holds. */
function columnOf<T>(column: T): (found: number) => T {
  return (found) => {
    if (found === pageRows) return column
    throw new DamagedImage(`a column of ${found} rows, where ${pageRows} are expected`)
  }
}
