import type { Timers } from '@stateward/contract'
import { turns } from './turns.ts'

/** What is a long time for a transaction that takes a few turns: nobody waits so long. */
const longMs = 1_000

/** Timers that count turns of the event loop for milliseconds, and of which the long ones never go off. */
export const turnTimers: Timers = {
  after(ms, callback) {
    let isOver = ms >= longMs
    if (!isOver)
      void turns(Math.ceil(ms)).then(() => {
        if (!isOver) callback()
      })
    return () => {
      isOver = true
    }
  },
}
