import type { Mutant } from './mutants.ts'
import { digest } from './remembered.ts'

/**
 * What tells a mutant from all others, also after lines above it have changed, or its file lies in another folder of its
 * package. Lines that read the same share it.
 */
export const nameOf = ({ path, lineText, column, was, becomes }: Mutant): string =>
  digest([path.replace(/\/src\/.*\//, '/src/'), lineText, column, was, becomes])

/**
 * The first ones of a shuffled order that the seed gives: a larger count looks at the same ones and at more, and a change
 * of the source changes little of it.
 */
export function sample(all: readonly Mutant[], seed: number, count: number): Mutant[] {
  const keyed = all.map((mutant) => ({ mutant, key: digest([seed, nameOf(mutant)]) }))
  return keyed
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .slice(0, count)
    .map(({ mutant }) => mutant)
}
