/** Whether all of a state is in memory. What changes it, or goes through all of it, waits for that; a read does not. */
export class Whole {
  readonly #load: () => Promise<void>
  readonly #giveUp: () => Promise<void>
  #loading: Promise<void> | undefined
  isReached = false

  /** @param giveUp lets go of what would still be loaded */
  constructor(load: () => Promise<void>, giveUp: () => Promise<void>) {
    this.#load = load
    this.#giveUp = giveUp
  }

  /** Resolves when it is, at once but for the first time. Rejects as reading the log does; may be asked again then. */
  reached(): Promise<void> {
    this.#loading ??= this.#load().then(
      () => {
        this.isReached = true
      },
      (error: unknown) => {
        this.#loading = undefined
        throw error
      },
    )
    return this.#loading
  }

  /** Nobody needs the rest any more. */
  close(): Promise<void> {
    return this.isReached ? Promise.resolve() : this.#giveUp()
  }
}

/** What was built from the log is whole. */
export function alreadyWhole(): Whole {
  const whole = new Whole(
    async () => {},
    async () => {},
  )
  whole.isReached = true
  return whole
}
