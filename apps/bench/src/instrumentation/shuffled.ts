import { hash } from '../data/hash.ts'

/** The same things in an order of chance, which the seed decides. Source: Fisher and Yates; Durstenfeld, 1964. */
export function shuffled<T>(things: readonly T[], seed: number): readonly T[] {
  const mixed = [...things]
  for (let left = mixed.length; left > 1; left--) {
    const chosen = hash(seed, left, 77) % left
    mixed.push(...mixed.splice(chosen, 1))
  }
  return mixed
}
