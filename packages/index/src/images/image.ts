import type { ImageSource } from '@stateward/contract'
import { DamagedImage } from './damaged-image.ts'
import { makeDoubles, packDoubles, unpackDoubles } from './packed-doubles.ts'
import { makeWords, packWords, unpackWords } from './packed-words.ts'
import { Pieces, upToWord, wordBytes } from './pieces.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)

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

/** Pieces that are made one by one when they are written, of what was there when they were given. */
interface Later {
  readonly pieces: Iterable<Uint8Array>
  /** None is asked for any more. */
  readonly ended: () => void
  readonly lengths: number[]
  /** Where in the head their lengths stand. */
  readonly at: number
}

/**
 * Takes numbers and texts in, part by part. First in the image come the pieces, which are read one by one, each filled up to a multiple
 * of 8 bytes. Behind them stands the head, which whoever loads the image reads at once: each part with its length in bytes (8 bytes, as the
 * machine writes a number) and its bytes, filled up in the same way. The length of the head ends the image.
 */
export class ImageWriter {
  readonly #head: Uint8Array[] = []
  readonly #later: Later[] = []

  numbers(...values: readonly number[]): void {
    this.#head.push(headPart(bytesOf(Float64Array.from(values))))
  }

  /** Of rows of several `columns` each is packed by itself. */
  words(values: Uint32Array, columns = 1): void {
    this.#head.push(headPart(bytesOf(packWords(values, columns))))
  }

  doubles(values: Float64Array): void {
    this.#head.push(headPart(bytesOf(packDoubles(values))))
  }

  /** Any JSON. */
  json(value: unknown): void {
    this.#head.push(headPart(jsonBytes(value)))
  }

  /**
   * Parts that are read one by one when they are needed; an empty one stands for none. They are asked for while the image is written, and
   * must be what they would be now; nobody else may hold them. `ended` is called when none is asked for any more, also if not all were.
   */
  pieces(pieces: Iterable<Uint8Array>, ended: () => void = () => undefined): void {
    this.#later.push({ pieces, ended, lengths: [], at: this.#head.length })
    this.#head.push(noBytes)
  }

  /** All of it, one behind the other, to be gone through once; what is given to the writer is written as it was when it was given. */
  *parts(): Generator<Uint8Array, void, void> {
    try {
      for (const { pieces, lengths, at } of this.#later) {
        for (const piece of pieces) {
          lengths.push(piece.length)
          if (piece.length > 0) yield piece.length === upToWord(piece.length) ? piece : filledUp(piece, 0)
        }
        this.#head[at] = headPart(bytesOf(packWords(lengths)))
      }
    } finally {
      for (const { ended } of this.#later) ended()
    }
    const head = joined(this.#head)
    if (head.length > 0) yield head
    yield new Uint8Array(Float64Array.of(head.length).buffer)
  }
}

/** Gives out what an `ImageWriter` took in. Throws a `DamagedImage` where there is no such part. */
export class ImageReader {
  readonly #source: ImageSource
  readonly #head: Uint8Array<ArrayBuffer>
  #at = 0
  #pieceAt = 0

  constructor(source: ImageSource) {
    this.#source = source
    const headEnd = source.bytes - wordBytes
    const end = source.read(headEnd, wordBytes)
    const [length = 0] = new Float64Array(end.buffer, end.byteOffset, 1)
    if (!isLength(length, headEnd)) throw new DamagedImage(`a head of ${length} bytes`)
    this.#head = source.read(headEnd - length, length)
  }

  numbers(count: number): readonly number[] {
    const bytes = this.#take()
    const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / wordBytes)
    if (values.length !== count) throw new DamagedImage(`${values.length} numbers, where ${count} are expected`)
    return [...values]
  }

  /** In an array of their own. */
  words(): Uint32Array<ArrayBuffer> {
    return this.wordsInto(makeWords)
  }

  /** In the beginning of what `make` makes for so many; it may refuse that number. */
  wordsInto<Into extends Uint32Array>(make: (length: number) => Into): Into {
    return unpackWords(packedIn(this.#take()), make)
  }

  /** In an array of their own. */
  doubles(): Float64Array<ArrayBuffer> {
    return this.doublesInto(makeDoubles)
  }

  /** As `wordsInto`. */
  doublesInto<Into extends Float64Array>(make: (length: number) => Into): Into {
    return unpackDoubles(packedIn(this.#take()), make)
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
    const [length = -1] = from <= head.length ? new Float64Array(head.buffer, head.byteOffset + this.#at, 1) : []
    if (!isLength(length, head.length - from)) throw new DamagedImage(`a part of ${length} bytes`)
    this.#at = from + upToWord(length)
    return head.subarray(from, from + length)
  }
}

/** What is in an image that nobody else holds or changes; its bytes begin at a multiple of 8. */
export function readerOf(bytes: Uint8Array<ArrayBuffer>): ImageReader {
  return new ImageReader({
    ...sourceOf(bytes),
    read: (at, length) => bytes.subarray(at, at + length),
  })
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
export function joined(parts: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const some = [...parts]
  const all = new Uint8Array(some.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of some) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function headPart(bytes: Uint8Array): Uint8Array {
  const part = filledUp(bytes, wordBytes)
  new Float64Array(part.buffer, 0, 1)[0] = bytes.length
  return part
}

function filledUp(bytes: Uint8Array, before: number): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(before + upToWord(bytes.length))
  part.set(bytes, before)
  return part
}

function packedIn({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / 4)
}

function isLength(length: number, most: number): boolean {
  return Number.isInteger(length) && length >= 0 && length <= most
}
