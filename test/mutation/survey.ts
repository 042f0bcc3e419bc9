import { inProcess } from './process.ts'
import type { Ran, TestId } from './run-inside.ts'
import { longestIdleMs } from './watch.ts'

/** A test of the source as it is. */
export interface Surveyed extends TestId {
  readonly name: string
  readonly cpuMs: number
}

export interface Survey {
  /** The tests that may notice this mutant, those that take the least time first. */
  of(mutant: number): readonly Surveyed[]
  readonly tests: readonly Surveyed[]
  /** Tests that fail, or do nothing for a while, without any mutant: what they say of one means nothing. */
  readonly leftOut: readonly Ran[]
}

/**
 * Runs all tests on the source as it is: how long they take, and which mutants each comes by. A mutant that is come by
 * while files are loaded may be noticed by every test.
 */
export async function survey(bundlePath: string, folder: string): Promise<Survey> {
  const { said, end } = await inProcess(bundlePath, folder, {})
  if (end !== undefined) throw new Error(`the tests of the source as it is do not come to their end: ${end}`)
  const isFit = (ran: Ran): boolean => ran.error === undefined && ran.idleMs * 4 < longestIdleMs
  const ran = said.filter((one) => one.kind === 'ran')
  const fit = ran.filter(isFit).sort((a, b) => a.cpuMs - b.cpuMs)
  const loaded = new Set(said.flatMap((one) => (one.kind === 'loaded' ? one.mutants : [])))
  const passing = new Map<number, Ran[]>()
  for (const test of fit) {
    for (const mutant of test.mutants) passing.set(mutant, [...(passing.get(mutant) ?? []), test])
  }
  return {
    of: (mutant) => (loaded.has(mutant) ? fit : (passing.get(mutant) ?? [])),
    tests: fit,
    leftOut: ran.filter((one) => !isFit(one)),
  }
}
