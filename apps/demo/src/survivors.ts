import type { Acknowledged } from './events.ts'
import type { Store } from './store.ts'

export interface Survivors {
  readonly acknowledged: number
  /** Acknowledged and not there, or older than acknowledged. Must be empty. */
  readonly lost: readonly string[]
  /** Versions found beyond the last acknowledged: they were on the disk when their answer was cut off. */
  readonly beyond: number
}

/** Compares what was acknowledged with what is there. */
export async function survivorsOf(state: Store, acknowledged: Acknowledged): Promise<Survivors> {
  const lost: string[] = []
  let beyond = 0
  for (const [id, { type, rev }] of acknowledged) {
    const found = await state[type].get(id)
    if (found === undefined || found.rev < rev)
      lost.push(`${type} ${id}: acknowledged rev ${rev}, found ${found?.rev ?? 'nothing'}`)
    else beyond += found.rev - rev
  }
  return { acknowledged: acknowledged.size, lost, beyond }
}
