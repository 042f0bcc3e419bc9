import type { Write } from '../deciding/write.ts'
import type { BodyRequest } from '../records/bodies.ts'
import type { HeadLayer } from '../records/heads.ts'
import { recordKey } from '../records/record-key.ts'
import type { Live } from '../state/live.ts'

/** Where to read the records that these writes name and that are neither in memory nor decided upon. */
export function coldTargets(live: Live, pending: HeadLayer, writes: Iterable<Write>): readonly BodyRequest[] {
  if (live.bodies.records >= live.size) return []
  const cold = new Map<string, BodyRequest>()
  for (const { steps, precondition } of writes) {
    for (const { type, id } of precondition === undefined ? steps : [...steps, ...precondition.targets]) {
      const liveType = live.type(type)
      const slot = liveType.rows.slotOf(id)
      if (slot === undefined || pending.own(type, id) !== undefined || live.hot(liveType, slot) !== undefined) continue
      cold.set(recordKey(type, id), live.request(liveType, slot))
    }
  }
  return [...cold.values()]
}
