/** So many of the first are taken, each: of something seldom there would be none otherwise. */
const takenFirst = 64

/** Takes each of the first, then one of about so many. */
export class Sampling {
  readonly #every: number
  #seen = 0
  /** Until the next one that is taken. */
  #left = 1
  /** How many the next one stands for. */
  #weight = 1
  /** Of a xorshift generator: with steps that are all alike, what comes at the same rhythm would always be taken, or never. */
  #state = 0x9e3779b9

  /** @param every from 1, which takes each */
  constructor(every: number) {
    this.#every = every
  }

  /** How many there were. */
  get seen(): number {
    return this.#seen
  }

  /** Counts one more. How many it stands for: itself and those that were not taken since; 0 where it is not taken. */
  take(): number {
    this.#seen++
    if (--this.#left > 0) return 0
    const weight = this.#weight
    this.#weight = this.#every === 1 || this.#seen < takenFirst ? 1 : this.#step()
    this.#left = this.#weight
    return weight
  }

  /** 1 … 2 × every − 1, which is `every` in the mean. Source: George Marsaglia, "Xorshift RNGs", 2003. */
  #step(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return 1 + ((state >>> 0) % (2 * this.#every - 1))
  }
}
