import type { StoredRecord } from '@stateward/contract'
import type { BodyRequest } from '../records/bodies.ts'
import type { Live } from './live.ts'

/** Reads these versions from the log within the call, in the order asked, and lets the newest into the cache. */
export function readNow(live: Live, requests: readonly BodyRequest[]): readonly StoredRecord[] {
  if (requests.length === 0) return []
  const records = live.bodies.loadNow(requests)
  return requests.map((request, at) => {
    const { type, id, place } = request
    const record = records[at]
    if (record === undefined) throw live.lost(type, id, place.seq)
    live.admit(request, record)
    return record
  })
}
