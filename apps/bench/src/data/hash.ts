/** 32 well mixed bits of a seed, an index and a salt: the same for the same three, on every machine. */
export function hash(seed: number, index: number, salt: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 0x7f4a7c15, 0xc2b2ae35)
  bits ^= Math.imul(salt + 1, 0x27d4eb2f)
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return (bits ^ (bits >>> 16)) >>> 0
}
