import { createShutdown, type Shutdown, type ShutdownReport } from '@stateward/actor'
import type { Clock, Timers } from '@stateward/contract'

export interface StopStoresOptions {
  /** How long calls that use stores may take to end; then their stores are closed all the same. Default 10 000. */
  readonly drainMs?: number
  /** How long all stores together may take to close. Default 60 000. */
  readonly closeMs?: number
}

/** How the end went, by its phases `intake`, `drain` and `close`. */
export interface StoresReport extends ShutdownReport {
  /** Stores that were still in use, opening or closing when the time was up: by name, at most 100. */
  readonly unsettled: readonly string[]
}

/** What is stopped. */
export interface StoppablePool {
  stopIntake(): void
  unused(): Promise<void>
  closeAll(): Promise<void>
  readonly used: readonly string[]
  readonly unsettled: readonly string[]
}

export interface StoppingStores {
  readonly clock: Clock
  readonly timers: Timers
  readonly nameOf: (directory: string) => string
}

const unsettledShown = 100

/** The phases in which all stores of a pool end. */
export class StopStores {
  readonly #pool: StoppablePool
  readonly #nameOf: (directory: string) => string
  readonly #shutdown: Shutdown
  #cutOff: readonly string[] = []

  constructor(
    pool: StoppablePool,
    { drainMs = 10_000, closeMs = 60_000 }: StopStoresOptions,
    { clock, timers, nameOf }: StoppingStores,
  ) {
    this.#pool = pool
    this.#nameOf = nameOf
    const actorClock = {
      now: () => clock.monotonicMs(),
      setTimer: (callback: () => void, ms: number) => timers.after(ms, callback),
    }
    this.#shutdown = createShutdown(
      [
        { name: 'intake', timeoutMs: drainMs, run: () => pool.stopIntake() },
        { name: 'drain', timeoutMs: drainMs, run: (hurry) => this.#drain(hurry) },
        { name: 'close', timeoutMs: closeMs, run: () => pool.closeAll() },
      ],
      { clock: actorClock },
    )
  }

  /** A second call waits for nobody who uses a store: each is closed at once, and answers what it has taken. */
  async begin(): Promise<StoresReport> {
    const report = await this.#shutdown.begin()
    const names = [...new Set([...this.#cutOff, ...this.#pool.unsettled])].slice(0, unsettledShown)
    return { ...report, clean: report.clean && names.length === 0, unsettled: names.map(this.#nameOf) }
  }

  async #drain(hurry: AbortSignal): Promise<void> {
    const hurried = new Promise<void>((resolve) => {
      if (hurry.aborted) resolve()
      hurry.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.#pool.unused(), hurried])
    this.#cutOff = this.#pool.used
  }
}
