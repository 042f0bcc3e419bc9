import type { StoredRecord } from '@stateward/contract'
import type { Target } from '../deciding/targets.ts'
import { readAll } from '../state/read-records.ts'
import { isCold, type ReadView } from '../state/read-view.ts'

/** These records as of the call, in the order given; at once where all of them are in memory. */
export function recordsOf(
  view: ReadView,
  targets: readonly Target[],
): readonly (StoredRecord | undefined)[] | Promise<readonly (StoredRecord | undefined)[]> {
  const found = targets.map(({ type, id }) => view.find(view.live.type(type), id))
  const cold = found.filter((one) => one !== undefined).filter(isCold)
  if (cold.length === 0) return found.map((one) => (one === undefined || isCold(one) ? undefined : one))
  return readAll(view.live, cold).then((loaded) =>
    found.map((one) => (one === undefined || !isCold(one) ? one : loaded.get(one))),
  )
}
