import type { ImageSource } from '@stateward/contract'
import { DamagedImage } from './damaged-image.ts'
import { Pieces, upToWord, wordBytes } from './pieces.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** What can be put into an image, and taken out of one in the same order. */
export interface Imaged {
  /** The memory that it holds: what is in typed arrays, and about what is on the heap. Of what has not been read yet, nothing. */
  readonly bytes: number
  save(image: ImageWriter): void
  /** Only for what is empty. Throws where the image holds something else. */
  load(image: ImageReader): void
  /** Gives out the typed arrays that it holds, for `freeMemory`, and holds nothing: who asks for what was there is told `CLOSED`. */
  release(): readonly ArrayBufferView[]
}

/**
 * Takes numbers and texts in, part by part, as copies. First in the image comes its head, which whoever loads it reads at
 * once: its length, then each part with its length in bytes (8 bytes, as the machine writes a number) and its bytes,
 * filled up to a multiple of 8. Behind it come the pieces that are read one by one, filled up in the same way.
 */
export class ImageWriter {
  readonly #head: Uint8Array[] = []
  readonly #pieces: Uint8Array[] = []

  /** All of it, one behind the other. */
  get parts(): readonly Uint8Array[] {
    const bytes = this.#head.reduce((sum, part) => sum + part.length, 0)
    return [new Uint8Array(Float64Array.of(bytes).buffer), ...this.#head, ...this.#pieces]
  }

  numbers(...values: readonly number[]): void {
    this.doubles(Float64Array.from(values))
  }

  words(values: Uint32Array): void {
    this.#put(bytesOf(values))
  }

  doubles(values: Float64Array): void {
    this.#put(bytesOf(values))
  }

  /** Any JSON. */
  json(value: unknown): void {
    this.#put(jsonBytes(value))
  }

  /** Parts that are read one by one when they are needed; an empty one stands for none. Given with `areCopies`, nobody else holds them. */
  pieces(pieces: Iterable<Uint8Array>, { areCopies = false }: { readonly areCopies?: boolean } = {}): void {
    const lengths: number[] = []
    for (const piece of pieces) {
      lengths.push(piece.length)
      const isWhole = areCopies && piece.length === upToWord(piece.length)
      if (piece.length > 0) this.#pieces.push(isWhole ? piece : filledUp(piece, 0))
    }
    this.words(Uint32Array.from(lengths))
  }

  #put(bytes: Uint8Array): void {
    const part = filledUp(bytes, wordBytes)
    new Float64Array(part.buffer, 0, 1)[0] = bytes.length
    this.#head.push(part)
  }
}

/** Gives out what an `ImageWriter` took in, as arrays that are theirs who take them. Throws where there is no such part. */
export class ImageReader {
  readonly #source: ImageSource
  readonly #head: Uint8Array<ArrayBuffer>
  #at = 0
  #pieceAt: number

  constructor(source: ImageSource) {
    this.#source = source
    const [length = 0] = new Float64Array(source.read(0, wordBytes).buffer)
    if (!isLength(length, source.bytes - wordBytes)) throw new DamagedImage(`a head of ${length} bytes`)
    this.#head = source.read(wordBytes, length)
    this.#pieceAt = wordBytes + length
  }

  numbers(count: number): readonly number[] {
    const values = this.doubles()
    if (values.length !== count) throw new DamagedImage(`${values.length} numbers, where ${count} are expected`)
    return [...values]
  }

  words(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#take().buffer)
  }

  doubles(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#take().buffer)
  }

  json(): unknown {
    return jsonOf(this.#take())
  }

  pieces(): Pieces {
    const pieces = new Pieces(this.#source, this.words(), this.#pieceAt)
    this.#pieceAt = pieces.end
    return pieces
  }

  /** As `ImageSource.later`. */
  later(rest: Iterable<number>): void {
    this.#source.later(rest)
  }

  #take(): Uint8Array<ArrayBuffer> {
    const head = this.#head
    const from = this.#at + wordBytes
    const [length = -1] = from <= head.length ? new Float64Array(head.buffer, this.#at, 1) : []
    if (!isLength(length, head.length - from)) throw new DamagedImage(`a part of ${length} bytes`)
    this.#at = from + upToWord(length)
    return head.slice(from, from + length)
  }
}

/** An image that is in memory: nothing of it is left for later. */
export function sourceOf(bytes: Uint8Array): ImageSource {
  return {
    bytes: bytes.length,
    read: (at, length) => new Uint8Array(bytes.subarray(at, at + length)),
    later(rest) {
      for (const _ of rest);
    },
  }
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

export function jsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

export function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes))
}

/** The parts of an image as one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function filledUp(bytes: Uint8Array, before: number): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(before + upToWord(bytes.length))
  part.set(bytes, before)
  return part
}

function isLength(length: number, most: number): boolean {
  return Number.isInteger(length) && length >= 0 && length <= most
}
