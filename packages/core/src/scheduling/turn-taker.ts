import type { Environment } from './environment.ts'

/** What becomes durable together is taken in together for so long. */
const sliceMs = 0.25

/**
 * To be asked before each piece of work that comes whenever it comes: `undefined`, or, where pieces in a row have gone on for too long, a
 * turn of everybody else. Pieces are in a row until the event loop has turned by itself.
 */
export function turnTaker({ clock, breathe }: Pick<Environment, 'clock' | 'breathe'>): () => Promise<void> | undefined {
  let beganMs: number | undefined
  return () => {
    const now = clock.monotonicMs()
    if (beganMs === undefined) {
      beganMs = now
      setImmediate(() => {
        beganMs = undefined
      })
    }
    return now - beganMs < sliceMs ? undefined : breathe()
  }
}
