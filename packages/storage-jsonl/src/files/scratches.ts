/** As long as most runs of lines that are near to each other. */
const leastBytes = 32_768
/** A longer one is not kept. */
const mostBytes = 524_288
/** So many reads at once find a buffer that was used before. */
const mostKept = 16

/**
 * Buffers that are read into and used again: of a fresh one for each read the collector learns so late that
 * they are most of the memory of a store whose records are not in its cache.
 */
export class Scratches {
  readonly #free: Buffer[] = []

  /** One of at least so many bytes, of any content, for one user until it is given back. */
  take(bytes: number): Buffer {
    const last = this.#free.pop()
    if (last !== undefined && last.length >= bytes) return last
    return Buffer.allocUnsafeSlow(Math.max(bytes, leastBytes))
  }

  /** Nobody uses it any more. */
  give(scratch: Buffer): void {
    if (this.#free.length < mostKept && scratch.length <= mostBytes) this.#free.push(scratch)
  }
}
