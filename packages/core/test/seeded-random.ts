import type { Random } from '@stateward/contract'

/** Random bytes that are the same at every run. Source: xorshift32, Marsaglia 2003. */
export function seededRandom(seed = 2_463_534_242): Random {
  let state = seed
  return {
    bytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        return state & 0xff
      }),
  }
}
