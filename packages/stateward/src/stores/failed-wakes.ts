import { limits, type StatewardError } from '@stateward/contract'

interface Failed {
  readonly error: StatewardError
  readonly delayMs: number
  readonly until: number
}

export interface RetryPause {
  /** After the first failure; doubled with each that follows. */
  readonly firstMs: number
  readonly mostMs: number
}

/** Which stores did not open, and until when that is answered without trying again. Knows the last 10 000 of them. */
export class FailedWakes {
  readonly #pause: RetryPause
  readonly #failed = new Map<string, Failed>()

  constructor(pause: RetryPause) {
    this.#pause = pause
  }

  /** Why it is not to be tried at this time; `undefined` where it is. */
  reason(name: string, now: number): StatewardError | undefined {
    const failed = this.#failed.get(name)
    return failed !== undefined && now < failed.until ? failed.error : undefined
  }

  /** Notes a failure; returns how long it is answered with. */
  failed(name: string, error: StatewardError, now: number): number {
    const before = this.#failed.get(name)
    const { firstMs, mostMs } = this.#pause
    const isLongAgo = before === undefined || now > before.until + mostMs
    const delayMs = isLongAgo ? firstMs : Math.min(mostMs, before.delayMs * 2)
    this.#failed.delete(name)
    this.#failed.set(name, { error, delayMs, until: now + delayMs })
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size <= limits.mailboxAsks) break
      this.#failed.delete(oldest)
    }
    return delayMs
  }

  opened(name: string): void {
    this.#failed.delete(name)
  }
}
