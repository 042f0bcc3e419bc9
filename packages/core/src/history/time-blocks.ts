import type { Seq } from '@stateward/contract'

/** Commits of which one time is kept. */
const blockCommits = 64
const firstBlocks = 256

/** The earliest time among each 64 commits: with it the last commit that is not behind a time is found within one block. */
export class TimeBlocks {
  #earliest = new Float64Array(firstBlocks).fill(Number.POSITIVE_INFINITY)
  #used = 0
  /** What the last text was, because commits of one millisecond come together. */
  #text = ''
  #ms = Number.NaN
  /** The latest time that any commit bears. */
  latest: number = Number.NEGATIVE_INFINITY

  get bytes(): number {
    return this.#earliest.byteLength
  }

  /** Takes a commit's time in. One that is no time is in no answer. */
  note(seq: Seq, timestamp: string): void {
    if (timestamp !== this.#text) {
      this.#text = timestamp
      this.#ms = Date.parse(timestamp)
    }
    if (Number.isNaN(this.#ms)) return
    this.#put(Math.floor((seq - 1) / blockCommits), this.#ms)
    if (this.#ms > this.latest) this.latest = this.#ms
  }

  /** The last commits, in one block, of which one is not behind `ms`, all of them before `below`. O(commits / 64) at worst. */
  before(ms: number, below: Seq): { readonly from: Seq; readonly to: Seq } | undefined {
    let block = Math.min(this.#used, Math.ceil((below - 1) / blockCommits)) - 1
    while (block >= 0 && (this.#earliest[block] ?? 0) > ms) block--
    return block < 0
      ? undefined
      : { from: block * blockCommits + 1, to: Math.min(below - 1, (block + 1) * blockCommits) }
  }

  save(): Float64Array {
    return this.#earliest.slice(0, this.#used)
  }

  load(earliest: Float64Array, latest: number): void {
    this.latest = Math.max(this.latest, latest)
    for (const [block, ms] of earliest.entries()) this.#put(block, ms)
  }

  #put(block: number, ms: number): void {
    if (block >= this.#earliest.length) {
      const grown = new Float64Array(Math.max(block + 1, this.#earliest.length * 2)).fill(Number.POSITIVE_INFINITY)
      grown.set(this.#earliest)
      this.#earliest = grown
    }
    this.#used = Math.max(this.#used, block + 1)
    if (ms < (this.#earliest[block] ?? Number.POSITIVE_INFINITY)) this.#earliest[block] = ms
  }
}
