/** Points a member has on the circle: the more, the more evenly keys are spread. */
const pointsEach = 64

interface Point {
  readonly at: number
  readonly member: number
}

/**
 * Consistent hashing: members and keys lie on a circle, and a key belongs to the next member on it. When a member comes or
 * goes, only the keys next to it move, about one in `members`. Karger et al., "Consistent Hashing and Random Trees" (1997).
 */
export class HashRing {
  readonly #points: readonly Point[]

  /** By the names of the members, which decide where they lie. */
  constructor(members: readonly string[]) {
    const points = members.flatMap((name, member) =>
      Array.from({ length: pointsEach }, (_, nth) => ({ at: hashOf(`${name} ${nth}`), member })),
    )
    this.#points = points.sort((one, other) => one.at - other.at || one.member - other.member)
  }

  /** The place in `members` of the one that has this key; O(log members). -1 when there are none. */
  memberOf(key: string): number {
    const at = hashOf(key)
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#points[middle]?.at ?? 0) < at) low = middle + 1
      else high = middle
    }
    return (this.#points[low] ?? this.#points[0])?.member ?? -1
  }
}

/** FNV-1a over UTF-16 code units, then the finalizer of MurmurHash3, so that names that differ at the end lie far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
