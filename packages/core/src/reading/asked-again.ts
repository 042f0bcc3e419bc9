import { isDamagedImage } from '@stateward/index'
import type { Whole } from '../state/whole.ts'

/**
 * Asks; and once more, where that comes upon damage in a checkpoint. What that has lost is read from the log first: it takes
 * its time, and the answer is as it would have been.
 */
export async function askedAgain<T>(whole: Whole, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isDamagedImage(error)) throw error
    await whole.reached()
    return ask()
  }
}
