import { seededPick } from '@stateward/conformance'
import { assertRecovers, dieAt } from '../../../storage-jsonl/test/simulated/crash-harness.ts'

/** Which workload, and before which of its steps a process dies first and last. */
export interface CrashRange {
  readonly seed: number
  readonly from: number
  readonly to?: number
  readonly retention?: 'all' | 'none'
}

const everything: readonly CrashRange[] = [1, 2, 3, 4].map((seed) => ({ seed, from: 1 }))

/** Dies before every step of a workload, and cuts the power after it and inside recovery. */
export async function crashLayer(only?: CrashRange): Promise<void> {
  for (const range of only === undefined ? everything : [only]) {
    const { seed, from, to = Number.POSITIVE_INFINITY, retention = seed % 2 === 0 ? 'none' : 'all' } = range
    for (let at = from; at <= to; at++) {
      const trial = await dieAt(at, { seed, steps: 12, options: { retention } })
      await assertRecovers(trial, seededPick(seed * 100_003 + at), 4).catch((cause: unknown) => {
        throw new Error(`seed ${seed}, died before step ${at}`, { cause })
      })
      if (!trial.happened) break
    }
  }
}
