import type { ImageSource } from '@stateward/contract'
import { joined } from '../src/images/image.ts'

/** An image of which everything that may be left for later is, until it is asked for. */
export class LateSource implements ImageSource {
  readonly #image: Uint8Array
  readonly #left: Iterable<number>[] = []
  /** How many bytes have been read. */
  bytesRead = 0
  #isFinished = false

  constructor(parts: Iterable<Uint8Array>) {
    this.#image = joined(parts)
  }

  get bytes(): number {
    return this.#image.length
  }

  read(at: number, bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#isFinished) throw new Error('everything was read')
    if (at + bytes > this.bytes) throw new Error('nothing is there')
    this.bytesRead += bytes
    return new Uint8Array(this.#image.subarray(at, at + bytes))
  }

  later(rest: Iterable<number>): void {
    this.#left.push(rest)
  }

  finish(): void {
    for (const rest of this.#left.splice(0))
      for (const at of rest) if (at >= this.bytes) throw new Error('no such place')
    this.#isFinished = true
  }
}
