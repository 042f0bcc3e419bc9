import type { SimStep } from '@stateward/conformance'
import { boot, seededPick } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import type { Retention } from '../../src/index.ts'
import { readAll, recordOf } from '../records.ts'
import { assertRecovers, dieAt, failAt, type Habit, type TrialOptions } from './crash-harness.ts'
import { simStorage } from './sim-storage.ts'

const steps = 12

interface Crashes extends Partial<TrialOptions> {
  readonly seed: number
  /** The first step to die before. */
  readonly from?: number
}

async function crashAtEveryStep({ seed, from = 1, ...options }: Crashes): Promise<number> {
  let recoveries = 0
  for (let at = from; ; at++) {
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

test.each(['EIO', 'ENOSPC'])(
  'a disk that fails any one call with %s is told as what it is, and loses nothing',
  async (code) => {
    for (let at = 1; ; at++) {
      const trial = await failAt(at, code, { seed: 5, steps })
      await assertRecovers(trial, seededPick(at), 2).catch((cause: unknown) => {
        throw new Error(`${code} at step ${at}`, { cause })
      })
      if (!trial.happened) return
    }
  },
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

/** The protocol without one of its steps, and where that was first seen to lose something. */
const mutants: readonly [name: string, habit: Habit, where: Crashes][] = [
  ['the sync of a batch', syncsOfSegments((count) => count > 1), { seed: 1 }],
  ['the sync of a new segment', syncsOfSegments((count) => count === 1), { seed: 1 }],
  ['the sync of a base', skipped('datasync', /\/base-/), { seed: 1, from: 30 }],
  ['the sync of an archive', skipped('datasync', /\.gz\.tmp$/), { seed: 2, from: 115 }],
  ['the sync of the manifest', skipped('datasync', /\/manifest\.json\.tmp$/), { seed: 1, from: 15 }],
  ['the sync of what is kept aside', skipped('datasync', /\/quarantine\//), { seed: 1 }],
  ['any sync of the directory', skipped('syncDirectory', /^\/store$/), { seed: 1 }],
  ['the sync of the directory above', skipped('syncDirectory', /^\/$/), { seed: 1, from: 15 }],
  ['the sync of the archive directory', skipped('syncDirectory', /\/archive$/), { seed: 2, from: 115 }],
  ['the sync of the quarantine directory', skipped('syncDirectory', /\/quarantine$/), { seed: 1 }],
]

function skipped(operation: SimStep['operation'], path: RegExp): Habit {
  return (step) => skip(step.operation === operation && path.test(step.path))
}

/** Skips syncs of a log's segment by their number: the first is that of its making, later ones are those of batches. */
function syncsOfSegments(isSkipped: (count: number) => boolean): Habit {
  const counts = new Map<string, number>()
  return ({ step, operation, path }) => {
    if (step === 1) counts.clear()
    if (operation !== 'datasync' || !path.includes('/log-')) return undefined
    const count = (counts.get(path) ?? 0) + 1
    counts.set(path, count)
    return skip(isSkipped(count))
  }
}

function skip(yes: boolean): { skip: true } | undefined {
  return yes ? { skip: true } : undefined
}

test.each(mutants)('without %s something is lost, and these tests see it', async (_, habit, where) => {
  await expect(crashAtEveryStep({ habit, ...where })).rejects.toThrow()
})
