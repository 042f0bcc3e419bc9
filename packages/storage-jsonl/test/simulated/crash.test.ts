import { boot, seededPick } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import type { Retention } from '../../src/index.ts'
import { readAll, recordOf } from '../records.ts'
import { assertRecovers, dieAt, type TrialOptions } from './crash-harness.ts'
import { simStorage } from './sim-storage.ts'

const steps = 12

interface Crashes extends Partial<TrialOptions> {
  readonly seed: number
}

async function crashAtEveryStep({ seed, ...options }: Crashes): Promise<number> {
  let recoveries = 0
  for (let at = 1; ; at++) {
    try {
      const trial = await dieAt(at, { seed, steps, ...options })
      recoveries += await assertRecovers(trial, seededPick(seed * 100_003 + at), 4)
      if (!trial.happened) return recoveries
    } catch (cause) {
      throw new Error(`seed ${seed}, died before step ${at}`, { cause })
    }
  }
}

const retentions: readonly Retention[] = ['none', 'all', { versions: 1 }, { days: 1 }]

rig('crash-retention', ({ each }) =>
  each((seed) => crashAtEveryStep({ seed, options: { retention: retentions[seed % retentions.length] ?? 'all' } })),
)

test('after any crash the store takes new commits, which survive the next power cut', async () => {
  for (let at = 5; at < 200; at += 13) {
    const { medium, ledger } = await dieAt(at, { seed: 4, steps })
    const after = medium.afterPowerCut(seededPick(at))
    const { writer, recovery } = await simStorage(boot(after)).openWriter('next')
    const record = recordOf('new')
    const { lastSeq: expectedSeq } = recovery
    await writer.append([record], { expectedSeq, commitId: 'new', durability: 'commit' })
    const { writer: again } = await simStorage(boot(after.afterPowerCut(seededPick(at)))).openWriter('again')
    expect(await readAll(again)).toEqual([...ledger.given.slice(0, expectedSeq), record.toString()])
  }
})
