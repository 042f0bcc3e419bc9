import { type Interleaving, interleaving } from './interleaving.ts'

export interface ExploreOptions {
  /** How many interleavings to look at. */
  readonly count: number
  /** The first seed, 1 by default; the next ones follow. */
  readonly from?: number
}

/**
 * Runs a test in many interleavings, one seed after the other. The first that rejects ends it: the error has its seed and
 * what to give to `interleaving` to see the same again; `cause` is what was thrown.
 */
export async function explore(
  { count, from = 1 }: ExploreOptions,
  look: (world: Interleaving) => Promise<void> | void,
): Promise<void> {
  for (let seed = from; seed < from + count; seed++) {
    try {
      await look(interleaving({ seed }))
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`seed ${seed}: ${message}\nreplay: interleaving({ seed: ${seed} })`, { cause })
    }
  }
}
