import { createHash } from 'node:crypto'
import type { Pick } from '@stateward/conformance'
import { boot, Died, type SimFault, SimMedium, type SimStep, seededPick } from '@stateward/conformance'
import { hasCode, type LogWriter, type Quarantined } from '@stateward/contract'
import { expect } from 'vitest'
import type { JsonlStorageOptions, Retention } from '../../src/index.ts'
import { readAll, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'
import { isSuperseded, Ledger, whyWrongBase, work } from './workload.ts'

/** What a disk does beside what the test wants of it; the protocol with one step taken out, for example. */
export type Habit = (step: SimStep) => SimFault

export interface Trial {
  readonly medium: SimMedium
  readonly ledger: Ledger
  /** Whether the workload got as far as the step where something was to happen. */
  readonly happened: boolean
}

export interface TrialOptions {
  readonly seed: number
  readonly steps: number
  readonly habit?: Habit | undefined
  readonly options?: Partial<JsonlStorageOptions>
}

const noHabit: Habit = () => undefined

/** Runs a workload that dies before its step number `at`; the medium is left as the dead process left it. */
export async function dieAt(at: number, { seed, steps, habit = noHabit, options = {} }: TrialOptions): Promise<Trial> {
  const medium = new SimMedium()
  const ledger = new Ledger()
  ledger.owed = owedBy(options.retention)
  let happened = false
  medium.onStep = (step) => {
    if (step.step !== at) return habit(step)
    happened = true
    medium.kill()
    throw new Died('killed')
  }
  await work(boot(medium), ledger, { pick: seededPick(seed), steps, options }).catch((error: unknown) => {
    if (!happened) throw error
  })
  medium.onStep = habit
  return { medium, ledger, happened }
}

/** Runs a workload whose step number `at` fails; then its process ends. */
export async function failAt(at: number, code: string, { seed, steps }: TrialOptions): Promise<Trial> {
  const medium = new SimMedium()
  const ledger = new Ledger()
  let happened = false
  medium.onStep = ({ step }) => {
    if (step !== at) return undefined
    happened = true
    return { fail: code }
  }
  await work(boot(medium), ledger, { pick: seededPick(seed), steps }).catch((error: unknown) => {
    const isTold = ['FULL', 'UNKNOWN', 'STORAGE_FAILED'].some(
      (known) => error instanceof Error && 'code' in error && error.code === known,
    )
    if (!happened || !isTold) throw error
  })
  medium.onStep = () => undefined
  medium.kill()
  return { medium, ledger, happened }
}

interface Recovered {
  readonly served: readonly string[]
  readonly quarantined: readonly Quarantined[]
}

/** Opens what a crash left and looks at every promise. Resolves with what was served and what was kept aside. */
async function recovered(medium: SimMedium, ledger: Ledger, least: number): Promise<Recovered> {
  const { writer, recovery } = await simStorage(boot(medium)).openWriter('recovery')
  const { firstSeq } = await writer.stats()
  // What retention has let go of is behind the base, whose rows are looked at below.
  const trimmed = ledger.given.slice(0, firstSeq - 1)
  if (trimmed.length > 0) expect((await writer.loadBase())?.upTo).toBeGreaterThanOrEqual(trimmed.length)
  const served = [...trimmed, ...(await readAll(writer, firstSeq))]
  expect(served).toEqual(ledger.given.slice(0, served.length))
  expect(served.length, 'acknowledged commits are there').toBeGreaterThanOrEqual(least)
  expect(served.length, 'refused commits are not there').toBeLessThanOrEqual(ledger.most)
  expect(recovery.lastSeq).toBe(served.length)
  await assertKept(writer, ledger, firstSeq)
  expect(await whyWrongBase(writer, ledger)).toBeUndefined()
  expect(await writer.verify()).toMatchObject({ ok: true, damage: [] })
  return { served, quarantined: recovery.quarantined }
}

function owedBy(retention: Retention = 'all'): (seq: number) => boolean {
  if (retention === 'all') return () => true
  return typeof retention === 'object' && 'versions' in retention ? (seq) => !isSuperseded(seq) : () => false
}

/** Of what is behind a base, what retention owes is there, and nothing that is there is wrong. */
async function assertKept(writer: LogWriter, ledger: Ledger, firstSeq: number): Promise<void> {
  const kept = new Set<number>()
  for await (const batch of writer.readKept?.(1) ?? []) {
    for (const [at, record] of batch.records.entries()) {
      expect(textOf(record)).toBe(ledger.given[batch.firstSeq + at - 1])
      kept.add(batch.firstSeq + at)
    }
  }
  for (let seq = 1; seq < firstSeq; seq++) if (ledger.owed(seq)) expect(kept, `commit ${seq}`).toContain(seq)
}

/** Opens and dies again at a random step of the recovery, if it has that many. */
async function dieWhileRecovering(medium: SimMedium, pick: Pick): Promise<void> {
  const { onStep } = medium
  const at = medium.steps + 1 + pick(25)
  medium.onStep = (step) => {
    if (step.step !== at) return onStep(step)
    medium.kill()
    throw new Died('killed in recovery')
  }
  const opening = simStorage(boot(medium)).openWriter('dies')
  await opening.catch((error: unknown) => {
    if (!hasCode(error, 'STORAGE_FAILED')) throw error
  })
  medium.onStep = onStep
  medium.kill()
}

/**
 * Everything that may happen to what a trial left: power cuts, deaths inside recovery, power cuts after that, and a new
 * process without a power cut. What is served once must survive the next power cut. Resolves with the number of
 * recoveries that were looked at; rejects when one broke a promise.
 */
export async function assertRecovers({ medium, ledger }: Trial, pick: Pick, powerCuts: number): Promise<number> {
  const cutOff = (of: SimMedium): SimMedium => {
    const after = of.afterPowerCut(pick)
    after.onStep = medium.onStep
    return after
  }
  let recoveries = 0
  for (let cut = 0; cut < powerCuts; cut++) {
    const after = cutOff(medium)
    if (cut % 4 > 1) await dieWhileRecovering(after, pick)
    const left = cut % 4 > 2 ? cutOff(after) : after
    const before = await recovered(left, ledger, ledger.durable)
    recoveries++
    if (cut % 4 > 0) continue
    await assertSurvives(cutOff(left), ledger, before)
    recoveries++
  }
  if (pick(2) === 0) {
    await dieWhileRecovering(medium, pick)
    for (let cut = 0; cut < 2; cut++) await recovered(cutOff(medium), ledger, ledger.durable)
    recoveries += 2
  }
  const before = await recovered(medium, ledger, ledger.acknowledged)
  await assertSurvives(cutOff(medium), ledger, before)
  return recoveries + 2
}

/** What was served once, and what was said to be kept aside, is there after the next power cut too. */
async function assertSurvives(after: SimMedium, ledger: Ledger, before: Recovered): Promise<void> {
  expect((await recovered(after, ledger, ledger.durable)).served).toEqual(before.served)
  for (const { keptIn, sha256 } of before.quarantined) {
    const { bytes } = after.file(`/store/${keptIn}`)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
  }
}
