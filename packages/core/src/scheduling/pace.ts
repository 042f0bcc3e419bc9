import type { Clock } from '@stateward/contract'
import type { Environment } from './environment.ts'

export interface PaceOptions {
  readonly clock: Clock
  /** Part of the time that the work may take while others are at work, above 0, at most 1. */
  readonly share: number
  /** Whether anybody has asked for anything since the last time that this was asked. */
  readonly isBusy: () => boolean
  /** Resolves after about so long, or sooner where the work is to end. */
  readonly pause: (ms: number) => Promise<void>
  /** Lets everybody else have a turn. */
  readonly turn: () => Promise<void>
}

/** Work goes on for so long before it looks whether somebody waits. */
const sliceMs = 2
/** What has taken longer from one look to the next were the turns of others, while this work waited for the disk. */
const longestWorkMs = 4
const longestPauseMs = 100

/** Makes long work leave the event loop, and, while others are at work, most of the time to them. */
export class Pace {
  readonly #options: PaceOptions
  #since: number
  /** How much of the time that others are to have they have not had yet, in milliseconds. */
  #owedMs = 0

  constructor(options: PaceOptions) {
    this.#options = options
    this.#since = options.clock.monotonicMs()
  }

  /** To be awaited after each portion of work, of a millisecond or two at most. */
  readonly breathe = async (): Promise<void> => {
    const { clock, share, isBusy, turn } = this.#options
    const passedMs = clock.monotonicMs() - this.#since
    if (passedMs < sliceMs) return
    const dueMs = Math.min(passedMs, longestWorkMs) / share - passedMs
    this.#owedMs = isBusy() ? Math.max(0, this.#owedMs + dueMs) : 0
    if (this.#owedMs >= 1) await this.#payBack()
    else await turn()
    this.#since = clock.monotonicMs()
  }

  async #payBack(): Promise<void> {
    const { clock, isBusy, pause } = this.#options
    do {
      const from = clock.monotonicMs()
      const pauseMs = Math.min(longestPauseMs, this.#owedMs)
      await pause(pauseMs)
      this.#owedMs = Math.max(0, this.#owedMs - Math.max(pauseMs, clock.monotonicMs() - from))
    } while (this.#owedMs >= 1 && isBusy())
  }
}

/** To be awaited after each little portion of work: lets everybody else have a turn now and then. */
export function inSlices({ clock, breathe }: Pick<Environment, 'clock' | 'breathe'>): () => Promise<void> {
  return new Pace({ clock, share: 1, isBusy: () => false, pause: breathe, turn: breathe }).breathe
}
