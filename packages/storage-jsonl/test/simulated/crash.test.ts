import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { readAll, recordOf } from '../records.ts'
import { seededPick, simStorage } from './sim-environment.ts'
import type { Pick } from './sim-file.ts'
import { Died, SimMedium } from './sim-medium.ts'
import { Ledger, whyWrongBase, work } from './workload.ts'

const steps = 14
const powerCuts = 4

/** Runs a workload that dies before its step number `diesAt`; the medium is left as the dead process left it. */
async function crashed(seed: number, diesAt: number): Promise<{ medium: SimMedium; ledger: Ledger; died: boolean }> {
  const medium = new SimMedium()
  const ledger = new Ledger()
  let died = false
  medium.onStep = ({ step }) => {
    if (step !== diesAt) return undefined
    died = true
    medium.kill()
    throw new Died('killed')
  }
  await work(medium.boot(), ledger, { pick: seededPick(seed), steps }).catch((error: unknown) => {
    if (!died) throw error
  })
  medium.onStep = () => undefined
  return { medium, ledger, died }
}

/** Opens what a crash left and looks at every promise. Resolves with the commits that were served. */
async function recovered(medium: SimMedium, ledger: Ledger, least: number): Promise<string[]> {
  const { writer, recovery } = await simStorage(medium.boot()).openWriter('recovery')
  const served = await readAll(writer)
  expect(served).toEqual(ledger.given.slice(0, served.length))
  expect(served.length).toBeGreaterThanOrEqual(least)
  expect(recovery.lastSeq).toBe(served.length)
  expect(await whyWrongBase(writer, ledger)).toBeUndefined()
  expect(await writer.verify()).toMatchObject({ ok: true, damage: [] })
  return served
}

/** Opens and dies again at a random step of the recovery, if it has that many. */
async function dieWhileRecovering(medium: SimMedium, pick: Pick): Promise<void> {
  const diesAt = medium.steps + 1 + pick(25)
  medium.onStep = ({ step }) => {
    if (step !== diesAt) return undefined
    medium.kill()
    throw new Died('killed in recovery')
  }
  await simStorage(medium.boot())
    .openWriter('dies')
    .catch((error: unknown) => {
      if (!hasCode(error, 'STORAGE_FAILED')) throw error
    })
  medium.onStep = () => undefined
  medium.kill()
}

async function crashAtEveryStep(seed: number): Promise<number> {
  let recoveries = 0
  for (let diesAt = 1; ; diesAt++) {
    const { medium, ledger, died } = await crashed(seed, diesAt)
    const pick = seededPick(seed * 100_003 + diesAt)
    const context = `seed ${seed}, died before step ${diesAt}`
    try {
      for (let cut = 0; cut < powerCuts; cut++) {
        const after = medium.afterPowerCut(pick)
        if (cut > 1) await dieWhileRecovering(after, pick)
        const served = await recovered(cut > 2 ? after.afterPowerCut(pick) : after, ledger, ledger.durable)
        recoveries++
        if (cut > 0) continue
        // What was served once is promised: another power cut may not take it back.
        expect(await recovered(after.afterPowerCut(pick), ledger, ledger.durable)).toEqual(served)
        recoveries++
      }
      if (pick(2) === 0) await dieWhileRecovering(medium, pick)
      const served = await recovered(medium, ledger, ledger.acknowledged)
      expect(await recovered(medium.afterPowerCut(pick), ledger, ledger.durable)).toEqual(served)
      recoveries += 2
    } catch (error) {
      throw new Error(context, { cause: error })
    }
    if (!died) return recoveries
  }
}

test.each([1, 2, 3])(
  'a crash at any step, a second one in recovery, and power cuts lose nothing acknowledged and invent nothing (seed %i)',
  async (seed) => {
    expect(await crashAtEveryStep(seed)).toBeGreaterThan(500)
  },
)

test('after any crash the store takes new commits, which survive the next power cut', async () => {
  for (let diesAt = 5; diesAt < 200; diesAt += 13) {
    const { medium, ledger } = await crashed(4, diesAt)
    const after = medium.afterPowerCut(seededPick(diesAt))
    const { writer, recovery } = await simStorage(after.boot()).openWriter('next')
    const record = recordOf('new')
    const { lastSeq: expectedSeq } = recovery
    await writer.append([record], { expectedSeq, commitId: 'new', durability: 'commit' })
    const { writer: again } = await simStorage(after.afterPowerCut(seededPick(diesAt)).boot()).openWriter('again')
    expect(await readAll(again)).toEqual([...ledger.given.slice(0, expectedSeq), record.toString()])
  }
})
