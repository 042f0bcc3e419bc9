import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTree, type TextFile } from '../tidy/tree.ts'
import type { Look } from './looks.ts'
import { inProcess, type Place } from './process.ts'
import { digest, remembered } from './remembered.ts'
import type { Ran, TestId } from './run-inside.ts'
import { longestIdleMs } from './watch.ts'

/** A test of the source as it is. */
export interface Surveyed extends TestId {
  readonly name: string
  readonly cpuMs: number
}

export interface Survey {
  /** Tells whether a look, and all that it looks at, is as it was. */
  readonly of: (look: Look) => string
  /** The tests that may notice this mutant, those that take the least time first. */
  passing(mutant: number): readonly Surveyed[]
  readonly tests: readonly Surveyed[]
  /** Tests that fail, or do nothing for a while, without any mutant: what they say of one means nothing. */
  readonly leftOut: readonly Ran[]
}

/** What the tests of one look did. */
interface Looked {
  /** Of the source, of all that looks share, and of the look itself, as they were then. */
  readonly of: string
  readonly ran: readonly Ran[]
  /** Mutants that were come by while the look was loaded. */
  readonly loaded: readonly number[]
}

/** What was found is kept after so many of them. */
const looksAtOnce = 8

export interface SurveyOptions extends Place {
  /** The mutants of the bundle. */
  readonly mutants: unknown
  readonly root: string
}

/**
 * Runs all tests on the source as it is: how long they take, and which mutants each comes by. A mutant that is come by
 * while files are loaded may be noticed by every test. What ran before on the same source and has not changed is not
 * run again.
 */
export async function survey({ mutants, root, ...place }: SurveyOptions): Promise<Survey> {
  const memory = remembered<Looked>(join(root, 'node_modules', '.stateward-mutation-survey.json'))
  const shared = digest(sharedFiles(root))
  const of = ({ path }: Look): string => digest([shared, readFileSync(join(root, path), 'utf8')])
  const nowOf = (look: Look): string => digest([of(look), mutants])
  const isKnown = (look: Look): boolean => memory.get(look.path)?.of === nowOf(look)
  const unknown = [...place.looks.keys()].filter((at) => place.looks.slice(at, at + 1).some((look) => !isKnown(look)))
  for (let from = 0; from < unknown.length; from += looksAtOnce) {
    const some = unknown.slice(from, from + looksAtOnce)
    const { said, end } = await inProcess(place, { looks: some })
    if (end !== undefined) throw new Error(`the tests of the source as it is do not come to their end: ${end}`)
    for (const at of some) {
      const look = place.looks[at]
      if (look === undefined) continue
      const ran = said.filter((one) => one.kind === 'ran').filter((one) => one.look === at)
      const loaded = said.flatMap((one) => (one.kind === 'loaded' && one.look === at ? one.mutants : []))
      memory.set(look.path, { of: nowOf(look), ran, loaded })
      const cpuMs = ran.reduce((sum, one) => sum + one.cpuMs, 0)
      console.log(`${look.path}: ${ran.length} tests, ${Math.round(cpuMs)} ms`)
    }
  }
  const looked = place.looks.map((look) => memory.get(look.path))
  const found = surveyOf(
    looked.flatMap((one, look) => (one?.ran ?? []).map((ran) => ({ ...ran, look }))),
    new Set(looked.flatMap((one) => one?.loaded ?? [])),
  )
  return { of, ...found }
}

function surveyOf(ran: readonly Ran[], loaded: ReadonlySet<number>): Omit<Survey, 'of'> {
  const isFit = (one: Ran): boolean => one.error === undefined && one.idleMs * 4 < longestIdleMs
  const tests = ran.filter(isFit).sort((a, b) => a.cpuMs - b.cpuMs)
  const byMutant = new Map<number, Ran[]>()
  for (const test of tests) {
    for (const mutant of test.mutants) byMutant.set(mutant, [...(byMutant.get(mutant) ?? []), test])
  }
  return {
    passing: (mutant) => (loaded.has(mutant) ? tests : (byMutant.get(mutant) ?? [])),
    tests,
    leftOut: ran.filter((one) => !isFit(one)),
  }
}

/** What tests import from beside them. */
const sharedFiles = (root: string): readonly TextFile[] =>
  readTree(root).filter(({ path }) => /^packages\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))
