const wordBytes = 8
const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** What can be put into an image, and taken out of one in the same order. */
export interface Imaged {
  save(image: ImageWriter): void
  /** Only for what is empty. Throws where the image holds something else. */
  load(image: ImageReader): void
}

/**
 * Takes numbers and texts in, part by part, as copies: each its length in bytes (8 bytes, as the machine writes a
 * number), and its bytes, filled up to a multiple of 8.
 */
export class ImageWriter {
  readonly parts: Uint8Array[] = []

  numbers(...values: readonly number[]): void {
    this.doubles(Float64Array.from(values))
  }

  words(values: Uint32Array): void {
    this.#put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }

  doubles(values: Float64Array): void {
    this.#put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }

  /** Any JSON. */
  json(value: unknown): void {
    this.#put(encoder.encode(JSON.stringify(value)))
  }

  #put(bytes: Uint8Array): void {
    const part = new Uint8Array(wordBytes + Math.ceil(bytes.length / wordBytes) * wordBytes)
    new Float64Array(part.buffer, 0, 1)[0] = bytes.length
    part.set(bytes, wordBytes)
    this.parts.push(part)
  }
}

/** Gives out what an `ImageWriter` took in: arrays are views of the image, which is theirs from now on. Throws where there is no such part. */
export class ImageReader {
  readonly #bytes: Uint8Array
  #at = 0

  /** @param bytes begin at a multiple of 8 of their buffer */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  numbers(count: number): readonly number[] {
    const values = this.doubles()
    if (values.length !== count) throw new RangeError(`expected ${count} numbers in an image, found ${values.length}`)
    return [...values]
  }

  words(): Uint32Array {
    const { buffer, byteOffset, byteLength } = this.#take()
    return new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT)
  }

  doubles(): Float64Array {
    const { buffer, byteOffset, byteLength } = this.#take()
    return new Float64Array(buffer, byteOffset, byteLength / wordBytes)
  }

  json(): unknown {
    return JSON.parse(decoder.decode(this.#take()))
  }

  #take(): Uint8Array {
    const { buffer, byteOffset } = this.#bytes
    const [length = 0] = new Float64Array(buffer, byteOffset + this.#at, 1)
    const from = this.#at + wordBytes
    if (!(Number.isInteger(length) && length >= 0 && from + length <= this.#bytes.length))
      throw new RangeError(`expected a part of an image, found one of ${length} bytes`)
    this.#at = from + Math.ceil(length / wordBytes) * wordBytes
    return this.#bytes.subarray(from, from + length)
  }
}
