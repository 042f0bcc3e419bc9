/**
 * A message and what its handler asks of others: a link in a chain of asks. It is kept so that an ask that runs out of time can
 * say for whom everybody waits.
 */
export class Hop {
  readonly actor: string
  readonly kind: string
  /** The message in whose handling this one was asked. */
  readonly from: Hop | undefined
  /** The actor itself: two may have one name. */
  readonly owner: object
  /** The asks made in its handling that nobody has answered. */
  readonly asks: Set<Hop> = new Set()

  constructor(owner: { readonly name: string }, kind: string, from: Hop | undefined) {
    this.owner = owner
    this.actor = owner.name
    this.kind = kind
    this.from = from
    from?.asks.add(this)
  }

  /** Nobody waits for this one any more. */
  answered(): void {
    this.from?.asks.delete(this)
  }
}

/** Who waits for whom: the names of the actors from the first that was asked to the one on whom all wait. */
export interface AskChain {
  readonly actors: readonly string[]
  /** Whether the last is among those before, so that all wait for themselves. */
  readonly circular: boolean
}

/** The chain through a message: O(its length), and where handlers ask several at once, all that they wait for. */
export function chainThrough(hop: Hop): AskChain {
  const path: Hop[] = []
  for (let link: Hop | undefined = hop; link !== undefined; link = link.from) path.unshift(link)
  const whole = isCircle(path) ? path : extended(path)
  return { actors: whole.map(({ actor }) => actor), circular: isCircle(whole) }
}

/** The path and what its end waits for: of several, what leads into a circle, or else the longest. */
function extended(path: readonly Hop[]): readonly Hop[] {
  let longest = path
  for (const next of path.at(-1)?.asks ?? []) {
    const longer = [...path, next]
    const whole = isCircle(longer) ? longer : extended(longer)
    if (isCircle(whole)) return whole
    if (whole.length > longest.length) longest = whole
  }
  return longest
}

function isCircle(path: readonly Hop[]): boolean {
  const last = path.at(-1)
  return path.slice(0, -1).some(({ owner }) => owner === last?.owner)
}
