import type { BodyRequest } from './bodies.ts'
import { ColdBodies } from './suspension.ts'

/** What `read` gives for each item; where some reads throw `ColdBodies`, one is thrown for all of them. */
export function together<Item, T>(items: readonly Item[], read: (item: Item) => T): readonly T[] {
  const cold: BodyRequest[] = []
  const found: T[] = []
  for (const item of items) {
    try {
      found.push(read(item))
    } catch (reason) {
      if (!(reason instanceof ColdBodies)) throw reason
      cold.push(...reason.requests)
    }
  }
  if (cold.length > 0) throw new ColdBodies(cold)
  return found
}
