/** The first ones of a shuffled order that the seed gives: a larger count looks at the same ones and at more. */
export function sample<T>(all: readonly T[], seed: number, count: number): T[] {
  return all
    .map((one, index) => ({ one, key: scrambled(index, seed) }))
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ one }) => one)
}

/** The finalizer of MurmurHash3, by Austin Appleby. */
function scrambled(index: number, seed: number): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ index
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
