import { seededPick } from '@stateward/conformance'
import { crashPoints, type Run } from './crash-points.ts'
import { mixes } from './mixed-workload.ts'
import { Recoveries } from './recoveries.ts'
import type { MakeStorage } from './sim-storage.ts'

const kinds = [mixes.everything, mixes.upkeep, mixes.everything, mixes.reopenings] as const

export interface CrashRun extends Partial<Run> {
  readonly seed: number
  readonly make?: MakeStorage
  /** Stops behind this many recoveries. */
  readonly most?: number
}

/**
 * One workload, killed at each of its steps, with everything that may happen then. Resolves with how many recoveries
 * were looked at; rejects with what was lost, and where.
 */
export async function crashAtEveryStep({ seed, make, most = Infinity, ...run }: CrashRun): Promise<number> {
  const options = { retention: seed % 2 === 0 ? 'none' : 'all', ...(make === undefined ? {} : { make }) } as const
  const points = await crashPoints({ seed, steps: 8, mix: kinds[seed % kinds.length] ?? kinds[0], options, ...run })
  const recoveries = new Recoveries(seededPick(seed * 100_003), make)
  for (const point of points) {
    await recoveries.lookAt(point)
    if (recoveries.count >= most) break
  }
  return recoveries.count
}
