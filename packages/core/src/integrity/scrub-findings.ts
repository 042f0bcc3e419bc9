import type { Damage, ScrubPortion, ScrubStats } from '@stateward/contract'

/** Places that are named; the others are counted. */
export const namedPlaces = 100

/** What the passes over a log have found: of each file, as it was read last. */
export class ScrubFindings {
  readonly #byFile = new Map<string, readonly Damage[]>()
  /** Of the pass that runs. */
  readonly #now = new Map<string, readonly Damage[]>()
  readonly #ended = new Set<string>()
  #bytes = 0
  #passes = 0
  #passBytes = 0
  #lastPass: string | undefined

  take({ file, bytes, damage, ends, unread }: ScrubPortion): void {
    this.#bytes += bytes
    this.#passBytes += bytes
    const found = [...(this.#now.get(file) ?? []), ...damage]
    if (damage.length > 0) {
      this.#now.set(file, found)
      this.#byFile.set(file, found)
    }
    if (!ends) return
    this.#ended.add(file)
    // A file that could not be read to its end is what it was found to be before.
    if (found.length === 0 && unread === undefined) this.#byFile.delete(file)
  }

  /** A pass has come to its end: what it has not met is of the log no more. */
  ended(at: string): { readonly files: number; readonly bytes: number; readonly damaged: number } {
    for (const file of this.#byFile.keys()) if (!this.#ended.has(file)) this.#byFile.delete(file)
    const files = this.#ended.size
    const bytes = this.#passBytes
    this.#passes++
    this.#lastPass = at
    this.#passBytes = 0
    this.#ended.clear()
    this.#now.clear()
    return { files, bytes, damaged: this.stats.damaged }
  }

  get stats(): ScrubStats {
    const damage = [...this.#byFile.values()].flat()
    return {
      passes: this.#passes,
      ...(this.#lastPass === undefined ? {} : { lastPass: this.#lastPass }),
      bytes: this.#bytes,
      damaged: damage.length,
      damage: damage.slice(0, namedPlaces),
    }
  }
}
