import type { Durability, Timers } from '@stateward/contract'
import type { ClockWatch } from './clock-watch.ts'

type Action = 'sync' | 'prove' | 'check'

export interface Pace {
  /** Milliseconds; 0 is never. */
  readonly intervalMs: number
  readonly idleProofMs: number
  readonly fenceCheckMs: number
}

export interface Paced {
  /** Makes what was written at the level `interval` durable. */
  sync(): Promise<unknown>
  /** Says in the log that everything is durable. */
  prove(): Promise<unknown>
  /** Looks whether this writer is still the newest. */
  check(): Promise<unknown>
  /** Looked at with every batch and every check. */
  readonly watch: ClockWatch
}

/** What a writer does by the clock. Failures are the actions' own to report. */
export class Pacer {
  readonly #timers: Timers
  readonly #pace: Pace
  readonly #paced: Paced
  readonly #pending = new Map<Action, () => void>()
  #batches = 0
  #isClosed = false

  constructor(timers: Timers, pace: Pace, paced: Paced) {
    this.#timers = timers
    this.#pace = pace
    this.#paced = paced
    this.#check()
  }

  /** Takes note of a batch and its level. */
  committed(level: Durability): void {
    this.#batches++
    this.#paced.watch.look()
    if (level === 'commit') this.#prove()
    else if (level === 'interval') this.#arm('sync', this.#pace.intervalMs, () => this.#paced.sync())
  }

  close(): void {
    this.#isClosed = true
    for (const cancel of this.#pending.values()) cancel()
    this.#pending.clear()
  }

  /** One timer for a whole spell of work: when it fires and there was work since, it is set again. */
  #prove(): void {
    const seen = this.#batches
    this.#arm('prove', this.#pace.idleProofMs, async () => {
      if (seen !== this.#batches) this.#prove()
      else await this.#paced.prove()
    })
  }

  #check(): void {
    this.#arm('check', this.#pace.fenceCheckMs, async () => {
      this.#paced.watch.look()
      await this.#paced.check()
      this.#check()
    })
  }

  #arm(action: Action, ms: number, run: () => Promise<unknown>): void {
    if (ms === 0 || this.#isClosed || this.#pending.has(action)) return
    const cancel = this.#timers.after(ms, () => {
      this.#pending.delete(action)
      run().catch(() => {})
    })
    this.#pending.set(action, cancel)
  }
}
