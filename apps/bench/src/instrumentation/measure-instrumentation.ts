import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ArmFigures, type ArmName, type ArmWorkload, armWorkloads } from './arm.ts'
import { buildArms } from './build-arms.ts'
import type { RoundFigures, RoundJob } from './round.ts'
import { roundInProcess } from './round-process.ts'

export interface InstrumentationJob extends Pick<RoundJob, 'dir' | 'runMs' | 'records' | 'seed'> {
  readonly rounds: number
  /** Told before each round. */
  readonly onRound?: (round: number) => void
}

/** What one arm was of another in each round, by processor time and by the clock. */
export interface RoundRatios {
  readonly cpu: number
  readonly wall: number
}

/** By workload, of each pair of arms that is compared, round by round. */
export type InstrumentationFigures = Readonly<
  Record<ArmWorkload, { readonly [Pair in PairName]: readonly RoundRatios[] }>
>

export type PairName = 'off/none' | 'on/off' | 'each/off'

export const pairNames: readonly PairName[] = ['off/none', 'on/off', 'each/off']

const pairs: Readonly<Record<PairName, readonly [these: ArmName, those: ArmName]>> = {
  'off/none': ['off', 'none'],
  'on/off': ['on', 'off'],
  'each/off': ['each', 'off'],
}

/**
 * Each round is a process in which all arms take slices in turns. The ratio of a round is that of the sums of all
 * slices: what the machine does meanwhile meets all arms. New processes, because where a process has its code and its objects
 * makes one arm some per cent quicker or slower for as long as it lives; that averages out over rounds, and the interval holds it.
 */
export async function measureInstrumentation(job: InstrumentationJob): Promise<InstrumentationFigures> {
  const programs = await buildArms(job.dir)
  const found: Record<ArmWorkload, Record<PairName, RoundRatios[]>> = {
    R1: { 'off/none': [], 'on/off': [], 'each/off': [] },
    W2: { 'off/none': [], 'on/off': [], 'each/off': [] },
  }
  const { rounds, onRound, runMs, records, seed } = job
  for (let round = 0; round < rounds; round++) {
    onRound?.(round)
    const dir = join(job.dir, `round-${round}`)
    mkdirSync(dir)
    try {
      const own = { programs: programs.arms, dir, round, runMs, records, seed }
      const taken = await roundInProcess(programs.round, own)
      for (const workload of armWorkloads)
        for (const pair of pairNames) found[workload][pair].push(ratiosOf(taken[workload], pairs[pair]))
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return found
}

function ratiosOf(taken: RoundFigures[ArmWorkload], [these, those]: readonly [ArmName, ArmName]): RoundRatios {
  // Not of medians: a slice in which the collector comes is as dear as those before it have made it.
  const all = (arm: ArmName, figure: keyof ArmFigures): number =>
    taken[arm].reduce((sum, figures) => sum + figures[figure], 0)
  return { cpu: all(these, 'cpuMs') / all(those, 'cpuMs'), wall: all(these, 'wallMs') / all(those, 'wallMs') }
}
