import { explore } from '../../src/testing.ts'
import { look } from '../exploration/look.ts'

/** Looks at so many interleavings; rejects at the first in which something is wrong. */
export async function explorationLayer(options: { readonly from: number; readonly count: number }): Promise<void> {
  const depth = Error.stackTraceLimit
  // Thousands of handlers throw, and nobody reads where.
  Error.stackTraceLimit = 0
  try {
    await explore(options, look)
  } finally {
    Error.stackTraceLimit = depth
  }
}
