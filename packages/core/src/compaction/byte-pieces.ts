/** Blocks are as large as all before them together, within these bounds; a piece that is larger has a block of its own. */
const leastBlockBytes = 16_384
const mostBlockBytes = 1_048_576
/** A piece is known by its block, times this, plus where in the block it begins. */
const placesPerBlock = 2 ** 32

/** Where a piece is, and how long. */
export interface Piece {
  readonly place: number
  readonly length: number
}

/** Many pieces of bytes, one behind the other in large blocks: what is known of one is a number, and nothing for a garbage collector to look at. */
export class BytePieces {
  readonly #blocks: Buffer[] = []
  #filled = 0
  #bytes = 0

  /** Bytes of all pieces. */
  get bytes(): number {
    return this.#bytes
  }

  /** Room for a piece of so many bytes, which the caller writes at `at` of `block`. */
  reserve(length: number): { readonly place: number; readonly block: Buffer; readonly at: number } {
    let block = this.#blocks.at(-1)
    if (block === undefined || this.#filled + length > block.length) {
      const likely = Math.min(mostBlockBytes, Math.max(leastBlockBytes, this.#bytes))
      block = Buffer.allocUnsafeSlow(Math.max(likely, length))
      this.#blocks.push(block)
      this.#filled = 0
    }
    const at = this.#filled
    this.#filled += length
    this.#bytes += length
    return { place: (this.#blocks.length - 1) * placesPerBlock + at, block, at }
  }

  /** So many bytes of the room that was reserved last are not needed. */
  giveBack(length: number): void {
    this.#filled -= length
    this.#bytes -= length
  }

  /** Keeps a copy of these bytes; the place at which they are. */
  add(bytes: Uint8Array): number {
    const { place, block, at } = this.reserve(bytes.length)
    block.set(bytes, at)
    return place
  }

  /** The piece of this length at this place; shares its memory. */
  at(place: number, length: number): Buffer {
    const start = place % placesPerBlock
    return (this.#blocks[Math.floor(place / placesPerBlock)] ?? noBytes).subarray(start, start + length)
  }
}

const noBytes = Buffer.alloc(0)
