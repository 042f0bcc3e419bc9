import type { Clock } from '@stateward/contract'

/** The store's time as RFC 3339 UTC with milliseconds, made anew only when the millisecond has changed. */
export function timestamps(clock: Clock): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const now = clock.now()
    if (now !== at) {
      at = now
      text = new Date(now).toISOString()
    }
    return text
  }
}
