/** Wakes all that wait, each time it rings. */
export class Bell {
  #waiting: (() => void)[] = []

  ring(): void {
    if (this.#waiting.length === 0) return
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves at the next ring, or when `signal` aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    let wake = () => {}
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    this.#waiting.push(wake)
    signal.addEventListener('abort', wake, { once: true })
    try {
      await woken
    } finally {
      signal.removeEventListener('abort', wake)
      this.#waiting = this.#waiting.filter((other) => other !== wake)
    }
  }
}
