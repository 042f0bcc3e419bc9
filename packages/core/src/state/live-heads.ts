import { heldKey } from '@stateward/index'
import type { HeadReader } from '../records/heads.ts'
import type { Live } from './live.ts'
import { slotsHolding } from './slots-holding.ts'

/** The durable state as the next write finds it. */
export function liveHeads(live: Live): HeadReader {
  return {
    exists: (type, id) => live.exists(type, id),
    head: (type, id) => live.head(type, id),
    referring: (type, field, id) => live.referring(type, field, id),
    holding(typeName, key, record) {
      const type = live.type(typeName)
      const held = heldKey(key, record)
      return live.matching(type, slotsHolding(live, type, key, record), (one) => heldKey(key, one) === held)
    },
  }
}
