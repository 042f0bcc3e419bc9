/** Lets any number of waiters sleep until something may have changed for them. */
export class Wakeups {
  readonly #sleepers = new Set<() => void>()

  /** Resolves at the next `wake`, or when `signal` aborts. The caller looks again at what it waits for. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const rise = (): void => {
        this.#sleepers.delete(rise)
        signal.removeEventListener('abort', rise)
        resolve()
      }
      this.#sleepers.add(rise)
      signal.addEventListener('abort', rise)
    })
  }

  wake(): void {
    for (const rise of [...this.#sleepers]) rise()
  }
}
