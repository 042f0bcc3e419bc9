import { anonymousBytes } from './anonymous-bytes.ts'

const everyMs = 10

/** The most anonymous memory that the process has held since the watch began. */
export class PeakWatch {
  #peak = anonymousBytes()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.look(), everyMs)
    this.#timer.unref()
  }

  /** Also from within work that lets no timer have its turn. */
  look(): void {
    this.#peak = Math.max(this.#peak, anonymousBytes())
  }

  /** What it was; the next phase begins from what is held now. */
  next(): number {
    this.look()
    const peak = this.#peak
    this.#peak = anonymousBytes()
    return peak
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
