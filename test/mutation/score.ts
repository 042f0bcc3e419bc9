import { oneLine } from './equivalents.ts'
import type { Mutant } from './mutants.ts'
import type { Verdict } from './trial.ts'

export interface Tried extends Verdict {
  readonly mutant: Mutant
  /** Why nobody can notice it. */
  readonly equivalent?: string
}

export interface Score {
  readonly noticed: number
  /** Those that can be noticed. */
  readonly of: number
  readonly equivalent: number
  readonly percent: number
  /** Between these the score of all mutants is, nineteen times of twenty. */
  readonly from: number
  readonly to: number
}

/** Of none, nothing is known. The interval is that of Wilson (1927), which holds for small samples and near 100 % too. */
export function scoreOf(tried: readonly Tried[]): Score {
  const noticed = tried.filter((one) => one.noticed !== undefined).length
  const equivalent = tried.filter((one) => one.noticed === undefined && one.equivalent !== undefined).length
  const of = tried.length - equivalent
  if (of === 0) return { noticed, of, equivalent, percent: 0, from: 0, to: 100 }
  const share = noticed / of
  const z = 1.96
  const middle = (share + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  return { noticed, of, equivalent, percent: 100 * share, from: 100 * (middle - half), to: 100 * (middle + half) }
}

/** The score of each file, of all of them, and every survivor with its place. */
export function report(tried: readonly Tried[]): string {
  const rows = [...scores(tried)].map(
    ([path, { noticed, of, equivalent }]) =>
      `${path.padEnd(52)} ${noticed} of ${of}${equivalent === 0 ? '' : `, ${equivalent} equivalent`}`,
  )
  const survivors = survivorsOf(tried).map(({ mutant }) => placeOf(mutant))
  const { noticed, of, equivalent, percent, from, to } = scoreOf(tried)
  const interval = `95 % interval ${from.toFixed(1)} to ${to.toFixed(1)} %`
  const sum = `${noticed} of ${of} noticed, ${equivalent} equivalent: ${percent.toFixed(1)} % (${interval})`
  return [...rows, '', `survivors: ${survivors.length}`, ...survivors.sort(), '', sum].join('\n')
}

const survivorsOf = (tried: readonly Tried[]): Tried[] =>
  tried.filter(({ noticed, equivalent }) => noticed === undefined && equivalent === undefined)

/** Of each file, in the order of their paths. */
export function scores(tried: readonly Tried[]): Map<string, Score> {
  const paths = [...new Set(tried.map(({ mutant }) => mutant.path))].sort()
  return new Map(paths.map((path) => [path, scoreOf(tried.filter(({ mutant }) => mutant.path === path))]))
}

/** Where a mutant is and what it changes, on one line. */
export const placeOf = ({ path, line, column, was, becomes }: Mutant): string =>
  `${path}:${line} at ${column}: \`${oneLine(was)}\` becomes \`${oneLine(becomes)}\``
