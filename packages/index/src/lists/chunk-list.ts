import { type Imaged, type ImageReader, ImageWriter, joined, readerOf } from '../images/image.ts'
import type { Pieces } from '../images/pieces.ts'
import { released } from '../images/released.ts'
import type { KeyOrder } from '../keys/key-order.ts'
import { Chunk } from './chunk.ts'

/** The chunks of an ordered list, in their order. Loaded, it reads each when it is needed. */
export class ChunkList implements Imaged {
  readonly #order: KeyOrder
  /** A number: that of the piece which holds the chunk and has not been read yet. */
  readonly #chunks: (Chunk | number)[] = []
  #pieces: Pick<Pieces, 'at' | 'take'> | undefined
  /** Entries in each of the pieces. */
  #lengths: Uint32Array = new Uint32Array(0)

  constructor(order: KeyOrder) {
    this.#order = order
  }

  get count(): number {
    return this.#chunks.length
  }

  get(at: number): Chunk | undefined {
    const chunk = this.#chunks[at]
    return typeof chunk === 'number' ? this.#read(at, chunk) : chunk
  }

  /** How many entries a chunk has: known without reading it. */
  lengthOf(at: number): number {
    const chunk = this.#chunks[at]
    return typeof chunk === 'number'
      ? (this.#lengths[chunk] ?? this.#read(at, chunk)?.length ?? 0)
      : (chunk?.length ?? 0)
  }

  /** A chunk that is about to be changed. A copy has taken its place where it is part of an image that is being written. */
  own(at: number): Chunk | undefined {
    const chunk = this.get(at)
    if (chunk === undefined || chunk.holders === 0) return chunk
    const copy = chunk.copy()
    this.#chunks[at] = copy
    return copy
  }

  push(chunk: Chunk): void {
    this.#chunks.push(chunk)
  }

  /** Puts chunks in the place of `count` others. */
  replace(at: number, count: number, ...chunks: readonly Chunk[]): void {
    this.#chunks.splice(at, count, ...chunks)
  }

  clear(): void {
    this.#chunks.length = 0
    this.#pieces = undefined
  }

  release(): readonly ArrayBufferView[] {
    const memory = this.#chunks.flatMap((chunk) => (typeof chunk === 'number' ? [] : chunk.memory))
    // As many as there were: an empty list would answer.
    this.#chunks.fill(0)
    this.#lengths = new Uint32Array(0)
    this.#pieces = released
    return memory
  }

  get bytes(): number {
    let bytes = 0
    for (const chunk of this.#chunks) if (typeof chunk !== 'number') bytes += chunk.bytes
    return bytes
  }

  save(image: ImageWriter): void {
    image.words(Uint32Array.from(this.#chunks, (_, at) => this.lengthOf(at)))
    const held = this.#chunks.map((_, at) => this.get(at))
    for (const chunk of held) if (chunk !== undefined) chunk.holders++
    image.pieces(piecesOf(held), () => {
      for (const chunk of held) if (chunk !== undefined) chunk.holders--
    })
  }

  load(image: ImageReader): void {
    this.#lengths = image.words()
    const pieces = image.pieces()
    this.#pieces = pieces
    for (let at = 0; at < pieces.count; at++) this.#chunks.push(at)
    image.later(this.#rest())
  }

  #read(at: number, piece: number): Chunk | undefined {
    const chunk = this.#pieces?.take(piece, (bytes) => Chunk.load(this.#order, readerOf(bytes)))
    if (chunk !== undefined) this.#chunks[at] = chunk
    return chunk
  }

  *#rest(): Generator<number> {
    for (let at = 0; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at]
      if (typeof chunk !== 'number') continue
      yield this.#pieces?.at(chunk) ?? 0
      this.get(at)
    }
    this.#pieces = undefined
  }
}

/** Each is let go of as soon as it is bytes. */
function* piecesOf(held: (Chunk | undefined)[]): Generator<Uint8Array> {
  for (const [at, chunk] of held.entries()) {
    const image = new ImageWriter()
    chunk?.save(image)
    if (chunk !== undefined) chunk.holders--
    held[at] = undefined
    yield joined(image.parts())
  }
}
