import type { Clock } from '@stateward/contract'

/** A clock that shows what it is set to; may be set back. */
export interface ManualTime extends Clock {
  at: number
  /** What the store writes at this time. */
  readonly text: string
}

export function manualTime(at: number = Date.UTC(2026, 0, 31, 10)): ManualTime {
  return {
    at,
    now() {
      return this.at
    },
    monotonicMs() {
      return this.at
    },
    get text() {
      return new Date(this.at).toISOString()
    },
  }
}
