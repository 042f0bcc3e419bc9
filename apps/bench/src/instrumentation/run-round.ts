import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Arm, type ArmFigures, type ArmName, type ArmProgram, type ArmWorkload, armNames } from './arm.ts'
import type { RoundFigures, RoundJob } from './round.ts'
import { shuffled } from './shuffled.ts'

/** Slices of each arm: short, so that what the machine does meanwhile meets all of them alike. */
const slices = 40
/** Seldom enough that the young objects of some slices are collected within them, which is a cost of theirs. */
const collectedEvery = 10
/** Until the code of a workload is hot. */
const warmOperations: Readonly<Record<ArmWorkload, number>> = { R1: 300_000, W2: 3_000 }
const fullRunMs = 500
const leastOperations = 64

type Arms = ReadonlyMap<ArmName, Arm>
type Taken = Record<ArmName, ArmFigures[]>

/**
 * One round, in this process: a store for each arm, each of a program of its own, so that none runs what was compiled for another. All are
 * warmed, and then they take slices of the same number of operations, each time all of them in an order of chance.
 */
export async function runRound(job: RoundJob): Promise<RoundFigures> {
  const arms = new Map<ArmName, Arm>()
  for (const arm of shuffled(armNames, job.seed + job.round)) arms.set(arm, await opened(arm, job))
  const found = { R1: await sliced('R1', arms, job), W2: await sliced('W2', arms, job) }
  for (const arm of arms.values()) await arm.close()
  return found
}

async function opened(arm: ArmName, { programs, dir, records, seed }: RoundJob): Promise<Arm> {
  const program: ArmProgram = await import(pathToFileURL(programs[arm]).href)
  const own = join(dir, arm)
  mkdirSync(own)
  return program.openArm({ arm, dir: own, records, seed })
}

async function sliced(workload: ArmWorkload, arms: Arms, { runMs, round, seed }: RoundJob): Promise<Taken> {
  const warm = Math.ceil(warmOperations[workload] * Math.min(1, runMs / fullRunMs))
  let slowestMs = 0
  for (const arm of arms.values()) {
    await arm.run({ workload, operations: warm })
    slowestMs = Math.max(slowestMs, (await arm.run({ workload, operations: Math.ceil(warm / 4) })).cpuMs)
  }
  const operations = Math.max(leastOperations, Math.ceil(((warm / 4) * (runMs / slices)) / slowestMs))
  const taken: Taken = { none: [], off: [], on: [], each: [] }
  for (let slice = 0; slice < slices; slice++) {
    // All arms share one heap: without this, whoever's turn it is when it is collected as a whole would pay for the other ones.
    if (slice % collectedEvery === 0) globalThis.gc?.()
    for (const name of shuffled(armNames, seed + round * slices + slice)) {
      const figures = await arms.get(name)?.run({ workload, operations })
      if (figures !== undefined) taken[name].push(figures)
    }
  }
  return taken
}
