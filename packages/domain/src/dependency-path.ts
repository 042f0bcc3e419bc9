import type { RuleReader } from '@stateward/contract'
import { textsIn } from './texts-in.ts'

/**
 * The shortest way from one of the specs `from` to the spec `to` along `dependencies`, without `to` itself; `undefined`
 * when there is none. Looks at each spec that can be reached once: O(specs + dependencies) reads of the reader.
 */
export function dependencyPath(from: readonly string[], to: string, reader: RuleReader): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>(from.map((id) => [id, undefined]))
  // A Map goes on to what is added while it is walked through, which makes this breadth first.
  for (const [id] of cameFrom) {
    const record = reader.get('spec', id)
    for (const next of record === undefined ? [] : textsIn(record, 'dependencies')) {
      if (next === to) return wayTo(id, cameFrom)
      if (!cameFrom.has(next)) cameFrom.set(next, id)
    }
  }
  return undefined
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = []
  for (let id: string | undefined = end; id !== undefined; id = cameFrom.get(id)) way.push(id)
  return way.reverse()
}
