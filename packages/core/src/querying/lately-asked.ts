import type { Scalar } from '@stateward/query'

/** A power of two. */
const places = 4_096
/** Of a long text so many letters at its end make the hash, and its length: ids that are made in order begin alike. */
const lettersOfAnEnd = 32

/**
 * Whether values were asked for lately, each in the one place that its hash has: what is asked for once is not worth keeping, for it
 * would live just long enough to be dear to the garbage collector. May say so of values that were not.
 */
export class LatelyAsked {
  readonly #hashes = new Int32Array(places)

  /** Whether they were noted before this call, which notes them. */
  note(values: readonly Scalar[]): boolean {
    const hash = hashOf(values)
    const place = hash & (places - 1)
    if (this.#hashes[place] === hash) return true
    this.#hashes[place] = hash
    return false
  }
}

/** FNV-1a over UTF-16 code units; source: draft-eastlake-fnv. */
function hashOf(values: readonly Scalar[]): number {
  let hash = 0x811c9dc5
  for (const value of values) {
    const text = typeof value === 'string' ? value : String(value)
    hash = Math.imul(hash ^ text.length, 0x01000193)
    for (let at = Math.max(0, text.length - lettersOfAnEnd); at < text.length; at++)
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash ^ (hash >>> 15)
}
