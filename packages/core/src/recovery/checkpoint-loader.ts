import type { Environment } from '../scheduling/environment.ts'
import type { Live } from '../state/live.ts'

export interface CheckpointLoaderOptions {
  /** The state of the present term. */
  readonly live: () => Live
  readonly setTimer: Environment['setTimer']
  /** Called when it has ended for a reason that is not the end of the store. */
  readonly failed: (error: unknown) => void
}

/** Who opens a store asks for something first: that comes before the rest of the checkpoint. */
const afterMs = 1_000

/**
 * Reads what an opening has left unread of a checkpoint, some time after it, so that the first write need not wait for it. Whoever
 * needs all of it sooner reads it sooner, with or without this.
 */
export class CheckpointLoader {
  readonly #options: CheckpointLoaderOptions
  #isResting = true
  #cancel: () => void = () => undefined

  constructor(options: CheckpointLoaderOptions) {
    this.#options = options
  }

  /** Begins; after a crash without a pause of its own, because it has had one. */
  start(isAgain: boolean): void {
    this.#isResting = false
    if (isAgain) this.#load()
    else this.look()
  }

  /** Begins nothing until the next `start`. It holds nothing in memory then. */
  rest(): void {
    this.#isResting = true
    this.#cancel()
  }

  /** Whether there is nothing to do. */
  get isDone(): boolean {
    return this.#options.live().whole.isReached
  }

  /** Another state may have come in place of the last one. */
  look(): void {
    this.#cancel()
    if (!this.#isResting && !this.isDone) this.#cancel = this.#options.setTimer(() => this.#load(), afterMs)
  }

  #load(): void {
    const live = this.#options.live()
    live.whole.reached().catch((error: unknown) => {
      // The store is closed, or another term has begun: this state is nobody's any more.
      if (!this.#isResting && live === this.#options.live()) this.#options.failed(error)
    })
  }
}
