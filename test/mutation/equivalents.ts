import type { TextFile } from '../tidy/tree.ts'
import { judged } from './judged.ts'
import type { Mutant } from './mutants.ts'

/** A change that no test can notice, as somebody has judged, and why. */
export interface Equivalent {
  /** The file, from the root of the repository. */
  readonly path: string
  /** The line on which it begins, without the white space around it. A change of a line that reads the same is judged alike. */
  readonly line: string
  /** Where in that text it begins, counted from 1, as a report says it. */
  readonly at: number
  readonly was: string
  readonly becomes: string
  readonly why: string
}

/** How somebody has judged this mutant. */
export const equivalentOf = (mutant: Mutant): Equivalent | undefined =>
  judged.find(
    ({ path, line, at, was, becomes }) =>
      path === mutant.path &&
      line === mutant.lineText &&
      at === mutant.column &&
      was === oneLine(mutant.was) &&
      becomes === oneLine(mutant.becomes),
  )

/** White space is one space, as a report prints it. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** Judgements of these files that are about lines which are there no more. */
export const strangers = (files: readonly TextFile[]): Equivalent[] =>
  judged.filter(({ path, line }) => files.some((file) => file.path === path && !file.text.includes(line)))
