import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../measure/quantile.ts'
import { type ArmFigures, type ArmName, type ArmTask, type ArmWorkload, armNames } from './arm.ts'
import { ArmProcess } from './arm-process.ts'
import { type ArmPrograms, buildArms } from './build-arms.ts'

export interface InstrumentationJob {
  /** An empty directory. */
  readonly dir: string
  readonly rounds: number
  /** How long each arm is measured in a round, together; a turn takes a sixth of that. */
  readonly runMs: number
  readonly records: number
  readonly seed: number
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

export const armWorkloads: readonly ArmWorkload[] = ['R1', 'W2']
const turnsOfRound = 6
/** Until the code of a workload is hot. */
const warmOperations: Readonly<Record<ArmWorkload, number>> = { R1: 600_000, W2: 3_000 }

/**
 * Each round starts a process for each arm, warms all of them, and has them do the same operations in short turns, A B C D, B C D
 * A … A ratio is that of the medians of a round's turns. New processes each round, because how a process lies in memory
 * makes it some per cent quicker or slower for as long as it lives.
 */
export async function measureInstrumentation(job: InstrumentationJob): Promise<InstrumentationFigures> {
  const programs = await buildArms(job.dir)
  const found: Record<ArmWorkload, Record<PairName, RoundRatios[]>> = {
    R1: { 'off/none': [], 'on/off': [], 'each/off': [] },
    W2: { 'off/none': [], 'on/off': [], 'each/off': [] },
  }
  for (let round = 0; round < job.rounds; round++) {
    job.onRound?.(round)
    const folder = join(job.dir, `round-${round}`)
    mkdirSync(folder)
    const arms = new Map(armNames.map((arm) => [arm, new ArmProcess(programOf(programs, arm))]))
    try {
      for (const [arm, process] of arms) await process.open({ arm, records: job.records, seed: job.seed }, folder)
      for (const workload of armWorkloads) {
        const taken = await turnsOf(workload, arms, { ...job, round })
        for (const pair of pairNames) found[workload][pair].push(ratiosOf(taken, pairs[pair]))
      }
      for (const process of arms.values()) await process.end()
    } finally {
      for (const process of arms.values()) process.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return found
}

const programOf = (programs: ArmPrograms, arm: ArmName): string => (arm === 'none' ? programs.without : programs.with)

type Taken = ReadonlyMap<ArmName, readonly ArmFigures[]>

async function turnsOf(
  workload: ArmWorkload,
  arms: ReadonlyMap<ArmName, ArmProcess>,
  { round, runMs }: { readonly round: number; readonly runMs: number },
): Promise<Taken> {
  const task = (operations: number): ArmTask => ({ workload, operations })
  const share = Math.min(1, runMs / 500)
  const warm = Math.ceil(warmOperations[workload] * share)
  let slowestMs = 0
  for (const process of arms.values()) {
    await process.run(task(warm))
    slowestMs = Math.max(slowestMs, (await process.run(task(Math.ceil(warm / 4)))).wallMs)
  }
  const operations = Math.max(64, Math.ceil(((warm / 4) * (runMs / turnsOfRound)) / slowestMs))
  const taken = new Map<ArmName, ArmFigures[]>(armNames.map((arm) => [arm, []]))
  for (let turn = 0; turn < turnsOfRound; turn++) {
    for (let at = 0; at < armNames.length; at++) {
      const arm = armNames[(at + turn + round) % armNames.length] ?? 'none'
      const figures = await arms.get(arm)?.run(task(operations))
      if (figures !== undefined) taken.get(arm)?.push(figures)
    }
  }
  return taken
}

function ratiosOf(taken: Taken, [these, those]: readonly [ArmName, ArmName]): RoundRatios {
  const middle = (arm: ArmName, figure: keyof ArmFigures): number =>
    median((taken.get(arm) ?? []).map((figures) => figures[figure])) ?? Number.NaN
  return {
    cpu: middle(these, 'cpuMs') / middle(those, 'cpuMs'),
    wall: middle(these, 'wallMs') / middle(those, 'wallMs'),
  }
}
