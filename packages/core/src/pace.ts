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
const longestPauseMs = 100

/** Makes long work leave the event loop, and, while others are at work, most of the time to them. */
export class Pace {
  readonly #options: PaceOptions
  #since: number

  constructor(options: PaceOptions) {
    this.#options = options
    this.#since = options.clock.monotonicMs()
  }

  /** To be awaited after each portion of work. */
  readonly breathe = async (): Promise<void> => {
    const { clock, share, isBusy, pause, turn } = this.#options
    const workedMs = clock.monotonicMs() - this.#since
    if (workedMs < sliceMs) return
    const pauseMs = Math.min(longestPauseMs, workedMs * (1 / share - 1))
    if (isBusy() && pauseMs >= 1) await pause(pauseMs)
    else await turn()
    this.#since = clock.monotonicMs()
  }
}

/** To be awaited after each little portion of work: lets everybody else have a turn now and then. */
export function inSlices({ clock, breathe }: Pick<Environment, 'clock' | 'breathe'>): () => Promise<void> {
  return new Pace({ clock, share: 1, isBusy: () => false, pause: breathe, turn: breathe }).breathe
}
