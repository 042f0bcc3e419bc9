import { limits, type Ptr, type Seq, type Slot } from '@stateward/contract'
import { DamagedImage, type Imaged, ImageReader, ImageWriter, joined, LazyPages, sourceOf } from '@stateward/index'

const pageBits = 10
const pageRows = 1 << pageBits
const rowMask = pageRows - 1
/** Of a page without its patches: pointer and seq, rev, length of the chain. */
const rowBytes = 8 + 8 + 4 + 1
const fixedBytes = Math.ceil((pageRows * rowBytes) / 8) * 8
/** What the engine takes for a list of few pointers and its place in a `Map`. */
const patchesBytes = 120
const noPatches: readonly Ptr[] = []

/** The columns of so many rows, in one buffer. */
class Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly whole: Float64Array
  readonly seq: Float64Array
  readonly rev: Uint32Array
  readonly chain: Uint8Array
  /** By slot; most records have none. */
  patches: Map<Slot, readonly Ptr[]> | undefined

  constructor(buffer: ArrayBuffer = new ArrayBuffer(fixedBytes)) {
    this.bytes = new Uint8Array(buffer, 0, fixedBytes)
    this.whole = new Float64Array(buffer, 0, pageRows)
    this.seq = new Float64Array(buffer, pageRows * 8, pageRows)
    this.rev = new Uint32Array(buffer, pageRows * 16, pageRows)
    this.chain = new Uint8Array(buffer, pageRows * 20, pageRows)
  }
}

/** What is read and never changed where there is no page. */
const none = new Page()

/** Where the newest version of the record in each slot stands, its rev and seq: 21 bytes a row, in pages. Loaded, it reads a page when it is needed. */
export class RowPages implements Imaged {
  readonly #pages = new LazyPages({ sizeOf, memoryOf, copyOf, bytesOf, pageOf })

  whole(slot: Slot): Ptr {
    return this.#seen(slot).whole[slot & rowMask] ?? 0
  }

  seq(slot: Slot): Seq {
    return this.#seen(slot).seq[slot & rowMask] ?? 0
  }

  rev(slot: Slot): number {
    return this.#seen(slot).rev[slot & rowMask] ?? 0
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
    page.whole[at] = ptr
    page.seq[at] = seq
    page.rev[at] = rev
    page.chain[at] = 0
    page.patches?.delete(slot)
  }

  setWhole(slot: Slot, ptr: Ptr): void {
    this.#page(slot).whole[slot & rowMask] = ptr
  }

  stamp(slot: Slot, rev: number, seq: Seq): void {
    const page = this.#page(slot)
    page.rev[slot & rowMask] = rev
    page.seq[slot & rowMask] = seq
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

function sizeOf({ patches }: Page): number {
  return fixedBytes + (patches?.size ?? 0) * patchesBytes
}

/** All columns are in one buffer. */
function memoryOf({ bytes }: Page): ArrayBufferView {
  return bytes
}

function copyOf({ bytes, patches }: Page): Page {
  const copy = new Page(bytes.buffer.slice())
  if (patches !== undefined) copy.patches = new Map(patches)
  return copy
}

/** The columns, and then slot, number of pointers, pointers, and so on. */
function bytesOf(page: Page): Uint8Array {
  const patches: number[] = []
  for (const [slot, ptrs] of page.patches ?? []) patches.push(slot, ptrs.length, ...ptrs)
  const image = new ImageWriter()
  image.doubles(page.whole)
  image.doubles(page.seq)
  image.words(page.rev)
  image.words(Uint32Array.from(page.chain))
  image.doubles(Float64Array.from(patches))
  return joined(image.parts())
}

function pageOf(bytes: Uint8Array<ArrayBuffer>): Page {
  const image = new ImageReader(sourceOf(bytes))
  const page = new Page()
  page.whole.set(rowsOf(image.doubles()))
  page.seq.set(rowsOf(image.doubles()))
  page.rev.set(rowsOf(image.words()))
  page.chain.set(rowsOf(image.words()))
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

function rowsOf<T extends { readonly length: number }>(column: T): T {
  if (column.length === pageRows) return column
  throw new DamagedImage(`a column of ${column.length} rows, where ${pageRows} are expected`)
}
