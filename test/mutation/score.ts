import type { Mutant } from './mutants.ts'
import type { Verdict } from './trial.ts'

export interface Tried {
  readonly mutant: Mutant
  readonly verdict: Verdict
}

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`
const noticed = (tried: readonly Tried[]): number => tried.filter(({ verdict }) => verdict !== undefined).length

/** How many of a hundred mutants are noticed; 100 of none. */
export const scoreOf = (tried: readonly Tried[]): number =>
  tried.length === 0 ? 100 : (100 * noticed(tried)) / tried.length

/** The score of each file, of all of them, and every survivor with its place. */
export function report(tried: readonly Tried[]): string {
  const paths = [...new Set(tried.map(({ mutant }) => mutant.path))].sort()
  const rows = paths.map((path) => {
    const own = tried.filter(({ mutant }) => mutant.path === path)
    return `${path.padEnd(56)} ${noticed(own)} of ${own.length}`
  })
  const survivors = tried.filter(({ verdict }) => verdict === undefined).map(({ mutant }) => placeOf(mutant))
  const sum = `${noticed(tried)} of ${tried.length} mutants noticed: ${percent(noticed(tried), tried.length || 1)}`
  return [...rows, '', `survivors: ${survivors.length}`, ...survivors.sort(), '', sum].join('\n')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** Where a mutant is and what it changes, on one line. */
export const placeOf = ({ path, line, was, becomes }: Mutant): string =>
  `${path}:${line}: \`${oneLine(was)}\` becomes \`${oneLine(becomes)}\``
