const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** A number of 32 bits for a record, which few others share. Source: FNV-1a (Fowler, Noll, Vo), over UTF-16 units, with a last mix. */
export function recordHash(type: string, id: string): number {
  let hash = offsetBasis
  for (let at = 0; at < type.length; at++) hash = Math.imul(hash ^ type.charCodeAt(at), prime)
  hash = Math.imul(hash ^ 0xffff, prime)
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), prime)
  // The last characters of ids differ most, and FNV moves them into the low bits only.
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
