import { HashRing } from './hash-ring.ts'

/** What a route needs to know of the actors it chooses from. */
export interface Routee {
  readonly name: string
  stats(): { readonly depth: number; readonly waiting: number; readonly inFlight: number }
}

/**
 * How a router chooses one of its actors for a message.
 *
 * - `round-robin`: each in turn.
 * - `least-busy`: the one with the fewest messages queued and in hand, of several the first; O(actors).
 * - a function gives the key of a message: all messages of one key go to one actor, and so keep their order. When actors
 *   come or go, few keys move.
 */
export type Route = 'round-robin' | 'least-busy' | ((kind: string, body: unknown) => string)

/** Chooses: the place in `routees`, at least one. */
export type Choose = (kind: string, body: unknown) => number

export function chooserOf(route: Route, routees: readonly Routee[]): Choose {
  if (route === 'round-robin') {
    let next = 0
    return () => next++ % routees.length
  }
  if (route === 'least-busy') return () => leastBusy(routees)
  const ring = new HashRing(routees.map(({ name }) => name))
  return (kind, body) => ring.memberOf(route(kind, body))
}

function leastBusy(routees: readonly Routee[]): number {
  let least = Number.POSITIVE_INFINITY
  let chosen = 0
  for (const [at, routee] of routees.entries()) {
    const { depth, waiting, inFlight } = routee.stats()
    const load = depth + waiting + inFlight
    if (load < least) {
      least = load
      chosen = at
    }
  }
  return chosen
}
