import type { BodyRequest } from './bodies.ts'
import { ColdBodies } from './suspension.ts'

/** What `read` gives for each id; where some reads throw `ColdBodies`, one is thrown for all of them. */
export function together<T>(ids: readonly string[], read: (id: string) => T): readonly T[] {
  const cold: BodyRequest[] = []
  const found: T[] = []
  for (const id of ids) {
    try {
      found.push(read(id))
    } catch (reason) {
      if (!(reason instanceof ColdBodies)) throw reason
      cold.push(...reason.requests)
    }
  }
  if (cold.length > 0) throw new ColdBodies(cold)
  return found
}
