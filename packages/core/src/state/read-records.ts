import { limits, StatewardError, type StoredRecord } from '@stateward/contract'
import { BodyRequest } from '../records/bodies.ts'
import type { Live, LiveType } from './live.ts'
import { isCold, type ReadView } from './read-view.ts'

/** The record, or `undefined` when there is none; settled at once when it is in memory. */
export function readOne(view: ReadView, type: LiveType, id: string): Promise<StoredRecord | undefined> {
  const candidate = view.find(type, id)
  return candidate !== undefined && isCold(candidate) ? readCold(view.live, candidate) : Promise.resolve(candidate)
}

async function readCold(live: Live, request: BodyRequest): Promise<StoredRecord | undefined> {
  return (await readAll(live, [request])).get(request)
}

/** The records in the order of `ids`, all as of one seq; cold ones are read together. */
export async function readMany(
  view: ReadView,
  type: LiveType,
  ids: readonly string[],
): Promise<readonly (StoredRecord | undefined)[]> {
  if (ids.length > limits.queryRows)
    throw new StatewardError('TOO_LARGE', `expected at most ${limits.queryRows} ids, found ${ids.length}`)
  const candidates = ids.map((id) => view.find(type, id))
  const loaded = await readAll(
    view.live,
    candidates.filter((one) => one instanceof BodyRequest),
  )
  return candidates.map((one) => (one instanceof BodyRequest ? loaded.get(one) : one))
}

/** Reads what is not in memory, together, and lets the newest versions into the cache. */
export async function readAll(
  live: Live,
  requests: readonly BodyRequest[],
): Promise<ReadonlyMap<BodyRequest, StoredRecord>> {
  const records = requests.length === 0 ? [] : await live.bodies.load(requests)
  const loaded = new Map<BodyRequest, StoredRecord>()
  for (const [at, request] of requests.entries()) {
    const record = records[at]
    if (record === undefined) throw live.lost(request.type, request.id, request.place.seq)
    live.admit(request, record)
    loaded.set(request, record)
  }
  return loaded
}
