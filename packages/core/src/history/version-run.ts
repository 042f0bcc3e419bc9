import type { Seq } from '@stateward/contract'

/** Versions of some commits that follow one another, sorted by record and, for each, by commit. */
export interface VersionRun {
  /** What `seqs` count from. */
  readonly origin: Seq
  readonly lastSeq: Seq
  readonly hashes: Uint32Array
  readonly seqs: Uint32Array
}

/** A run of two that follow one another, made little by little. */
export class RunMerge {
  readonly before: VersionRun
  readonly after: VersionRun
  readonly #hashes: Uint32Array
  readonly #seqs: Uint32Array
  #left = 0
  #right = 0

  constructor(before: VersionRun, after: VersionRun) {
    this.before = before
    this.after = after
    const count = before.hashes.length + after.hashes.length
    this.#hashes = new Uint32Array(count)
    this.#seqs = new Uint32Array(count)
  }

  get bytes(): number {
    return this.#hashes.byteLength + this.#seqs.byteLength
  }

  /** Takes so many versions more over; the run when all are. */
  step(versions: number): VersionRun | undefined {
    const { before, after } = this
    const shift = after.origin - before.origin
    const count = this.#hashes.length
    const end = Math.min(count, this.#left + this.#right + versions)
    for (let at = this.#left + this.#right; at < end; at++) {
      if (this.#isLeftNext()) {
        this.#hashes[at] = before.hashes[this.#left] ?? 0
        this.#seqs[at] = before.seqs[this.#left++] ?? 0
      } else {
        this.#hashes[at] = after.hashes[this.#right] ?? 0
        this.#seqs[at] = (after.seqs[this.#right++] ?? 0) + shift
      }
    }
    if (end < count) return undefined
    return { origin: before.origin, lastSeq: after.lastSeq, hashes: this.#hashes, seqs: this.#seqs }
  }

  #isLeftNext(): boolean {
    const { before, after } = this
    if (this.#right === after.hashes.length) return true
    return this.#left < before.hashes.length && (before.hashes[this.#left] ?? 0) <= (after.hashes[this.#right] ?? 0)
  }
}
