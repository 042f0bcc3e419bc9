import type { Look } from './looks.ts'
import { inProcess, type Place } from './process.ts'
import type { Surveyed } from './survey.ts'

/** How the tests took a mutant. */
export interface Verdict {
  /** The test that noticed it and how, for a person; `undefined` when none did. */
  readonly noticed: string | undefined
  /** Which test that was. */
  readonly by?: Surveyed
}

/** By this much processor time a test has to end; without a mutant it takes less than a tenth. Time of the clock would tell of other programs. */
const limitMs = ({ cpuMs }: Surveyed): number => Math.ceil(3_000 + 12 * cpuMs)

export const idOf = (looks: readonly Look[], { look, name }: Surveyed): string => `${looks[look]?.path}: ${name}`

/** Runs these tests with this mutant alive, one after the other until one fails. */
export async function trial(place: Place, tests: readonly Surveyed[], lives: number): Promise<Verdict> {
  if (tests.length === 0) return { noticed: undefined }
  const planned = tests.map((test) => ({ look: test.look, test: test.test, limitMs: limitMs(test) }))
  const { said, end } = await inProcess(place, { tests: planned }, lives)
  if (end === undefined) return { noticed: undefined }
  const last = said.at(-1)
  const failed = last?.kind === 'ran' && last.error !== undefined
  // What is said last is of the test before the one that did not come to its end.
  const at = said.filter(({ kind }) => kind === 'ran').length - (failed ? 1 : 0)
  const test = tests[Math.min(at, tests.length - 1)]
  if (test === undefined) throw new Error(`a process without tests ended: ${end}`)
  const how = failed || last?.kind === 'stuck' ? last.error : end
  return { noticed: `${idOf(place.looks, test)}: ${how}`, by: test }
}
