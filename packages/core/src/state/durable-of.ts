import type { ProcedureReader } from '@stateward/contract'
import { together } from '../records/together.ts'
import type { Live } from './live.ts'

/** The durable state for commands, whose reads the actor makes good for when they throw `ColdBodies`. */
export function durableOf(live: Live): ProcedureReader {
  const get: ProcedureReader['get'] = (type, id) => live.head(type, id)?.record
  const referring: ProcedureReader['referring'] = (type, field, id) => live.referring(type, field, id)
  return {
    get,
    referring,
    getMany: (type, ids) => together(ids, (id) => get(type, id)),
    referringMany: (type, field, ids) => together(ids, (id) => referring(type, field, id)),
  }
}
