import { expect, test } from 'vitest'
import { readAll, recordOf } from '../records.ts'
import { assertRecovers, dieAt, failAt, type Habit } from './crash-harness.ts'
import { seededPick, simStorage } from './sim-environment.ts'

const steps = 12

async function crashAtEveryStep(seed: number, habit?: Habit): Promise<number> {
  let recoveries = 0
  for (let at = 1; ; at++) {
    try {
      const trial = await dieAt(at, { seed, steps, habit })
      recoveries += await assertRecovers(trial, seededPick(seed * 100_003 + at), 4)
      if (!trial.happened) return recoveries
    } catch (cause) {
      throw new Error(`seed ${seed}, died before step ${at}`, { cause })
    }
  }
}

test.each([1, 2])(
  'a crash at any step, a second one in recovery, and power cuts lose nothing acknowledged and invent nothing (seed %i)',
  async (seed) => {
    expect(await crashAtEveryStep(seed)).toBeGreaterThan(500)
  },
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
    const { writer, recovery } = await simStorage(after.boot()).openWriter('next')
    const record = recordOf('new')
    const { lastSeq: expectedSeq } = recovery
    await writer.append([record], { expectedSeq, commitId: 'new', durability: 'commit' })
    const { writer: again } = await simStorage(after.afterPowerCut(seededPick(at)).boot()).openWriter('again')
    expect(await readAll(again)).toEqual([...ledger.given.slice(0, expectedSeq), record.toString()])
  }
})

/** The protocol without one of its steps: each must be seen to lose something. */
const mutants: readonly [name: string, habit: Habit][] = [
  ['the sync of a batch', syncsOfSegments((count) => count > 1)],
  ['the sync of a new segment', syncsOfSegments((count) => count === 1)],
  ['the sync of a base', ({ operation, path }) => skip(operation === 'datasync' && /\/base-/.test(path))],
  ['the sync of an archive', ({ operation, path }) => skip(operation === 'datasync' && path.endsWith('.gz.tmp'))],
  [
    'the sync of the manifest',
    ({ operation, path }) => skip(operation === 'datasync' && path.endsWith('/manifest.json.tmp')),
  ],
  ['every sync of the directory', ({ operation, path }) => skip(operation === 'syncDirectory' && path === '/store')],
  [
    'the sync of the archive directory',
    ({ operation, path }) => skip(operation === 'syncDirectory' && path === '/store/archive'),
  ],
]

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

test.each(mutants)('without %s something is lost, and these tests see it', async (_, habit) => {
  const caught = async () => {
    for (const seed of [1, 2, 3]) await crashAtEveryStep(seed, habit)
  }
  await expect(caught()).rejects.toThrow()
})
