import type { ImageSource } from '@stateward/contract'
import { DamagedImage } from './damaged-image.ts'

/** Every part of an image begins at a multiple of this. */
export const wordBytes = 8

/** Parts of an image that are read one by one. */
export class Pieces {
  readonly #source: ImageSource
  readonly #lengths: Uint32Array
  readonly #starts: Float64Array
  /** Where in the image the last one ends. */
  readonly end: number

  constructor(source: ImageSource, lengths: Uint32Array, start: number) {
    this.#source = source
    this.#lengths = lengths
    this.#starts = new Float64Array(lengths.length)
    let at = start
    for (let piece = 0; piece < lengths.length; piece++) {
      this.#starts[piece] = at
      at += upToWord(lengths[piece] ?? 0)
    }
    this.end = at
    if (at > source.bytes) throw new DamagedImage(`pieces up to ${at}, where there are ${source.bytes} bytes`)
  }

  get count(): number {
    return this.#lengths.length
  }

  /** Where a piece begins in the image. */
  at(piece: number): number {
    return this.#starts[piece] ?? 0
  }

  /** Whether there is anything in it. */
  has(piece: number): boolean {
    return (this.#lengths[piece] ?? 0) > 0
  }

  /** What `make` makes of a piece; `undefined` for an empty one, and for one that there is not. */
  take<T>(piece: number, make: (bytes: Uint8Array<ArrayBuffer>) => T): T | undefined {
    const length = this.#lengths[piece] ?? 0
    if (length === 0) return undefined
    const bytes = this.#source.read(this.at(piece), length)
    try {
      return make(bytes)
    } catch (cause) {
      if (cause instanceof DamagedImage) throw cause
      throw new DamagedImage('a piece that makes no sense', { cause })
    }
  }
}

export function upToWord(bytes: number): number {
  return Math.ceil(bytes / wordBytes) * wordBytes
}
