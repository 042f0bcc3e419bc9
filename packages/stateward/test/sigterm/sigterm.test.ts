import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededPick } from '@stateward/conformance'
import { afterAll, beforeAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { openState } from '../../src/open-state.ts'
import { bundled } from '../bundled.ts'
import { type Ended, endedProcess } from './ended-process.ts'
import type { Load } from './load.ts'

const atATime = 4

let folder = ''
let script = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stateward-sigterm-'))
  script = await bundled(fileURLToPath(new URL('loaded.ts', import.meta.url)), folder)
})

afterAll(() => rm(folder, { recursive: true }))

rig('sigterm', async ({ each, note }) => {
  const seen = { acknowledged: 0, refused: 0, clean: 0, hurried: 0 }
  const looked = await each(async (seed) => {
    const all = await Promise.all(Array.from({ length: atATime }, (_, at) => endOne(seed, at)))
    for (const { ended, isHurried } of all) {
      seen.acknowledged += ended.acknowledged.size
      seen.refused += ended.refused.size
      seen.clean += ended.exitCode === 0 ? 1 : 0
      seen.hurried += isHurried ? 1 : 0
    }
    return all.length
  })
  note([
    `sigterm: ${seen.clean} ended with code 0, ${seen.hurried} were told twice or had no time; ${seen.acknowledged} writes were acknowledged, ${seen.refused} refused`,
  ])
  return looked
})

/** One process and its end. */
async function endOne(seed: number, at: number): Promise<{ ended: Ended; isHurried: boolean }> {
  const pick = seededPick(seed * 1_000 + at)
  const isRepeated = pick(3) === 0
  const isShort = pick(4) === 0
  const load: Load = {
    callers: [1, 8, 64, 256][pick(4)] ?? 1,
    stores: pick(4) === 0 ? 6 : 0,
    durability: pick(4) === 0 ? 'interval' : 'commit',
    times: isShort ? { drainMs: pick(3), closeMs: 5_000 } : {},
  }
  const dir = join(folder, `${seed}-${at}`)
  const ended = await endedProcess({
    ...{ script, dir, load, afterLines: 1 + pick(200 + load.callers * 4), delayMs: pick(10) },
    again: isRepeated ? [pick(4), pick(4)] : [],
  })
  await assertOrderly(dir, load, ended)
  if (!isRepeated && !isShort) expect(ended, JSON.stringify([load, ended.reports])).toMatchObject({ exitCode: 0 })
  await rm(dir, { recursive: true, force: true })
  return { ended, isHurried: isRepeated || isShort }
}

/** Everybody heard, the code says what the report says, and what is in the store is what was told. */
async function assertOrderly(dir: string, load: Load, ended: Ended): Promise<void> {
  const { exitCode, reports, unsettled, sent, acknowledged, refused, errors } = ended
  expect({ exitCode, errors }).toEqual({ exitCode: reports[0]?.clean === true ? 0 : 1, errors: '' })
  expect(unsettled, 'calls that were never settled').toBe(0)
  expect(acknowledged.size + refused.size).toBe(sent.size)
  expect([...new Set(refused.values())].filter((code) => code !== 'CLOSED' && code !== 'UNKNOWN')).toEqual([])
  expect(reports.flatMap(({ phases }) => phases).find(({ name }) => name === 'close')).toMatchObject({
    outcome: 'done',
  })
  const found = new Set<string>()
  const stores = load.stores === 0 ? [dir] : (await readdir(dir)).map((name) => join(dir, name))
  for (const store of stores) {
    await using state = await openState(store)
    expect(state.recovery.clean, 'the next opening has nothing to recover').toBe(true)
    for (const { name } of await state.plan.all()) found.add(name)
  }
  expect(
    [...acknowledged].filter((n) => !found.has(n)),
    'acknowledged and lost',
  ).toEqual([])
  expect(
    [...found].filter((n) => refused.get(n) === 'CLOSED'),
    'refused and there',
  ).toEqual([])
  expect(
    [...found].filter((n) => !sent.has(n)),
    'there and never sent',
  ).toEqual([])
}
