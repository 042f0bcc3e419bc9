const prime = 0x01000193

/**
 * Sixteen hex digits that tell texts apart: two lanes of FNV-1a over the UTF-16 code units. It finds accidents and
 * careless edits; it is no protection against forgery. Source: draft-eastlake-fnv.
 */
export function digest(text: string): string {
  let low = 0x811c9dc5
  let high = 0x050c5d1f
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, prime)
    high = Math.imul(high ^ (unit + 0x9e37), prime) ^ (low >>> 15)
  }
  return hex(low) + hex(high)
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
