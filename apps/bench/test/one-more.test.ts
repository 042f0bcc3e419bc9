import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStateward } from '../src/contenders/stateward.ts'
import { DataSet } from '../src/data/data-set.ts'
import type { Measured } from '../src/measure/measured.ts'
import { writesOf } from '../src/part-of.ts'
import { HotUpdates } from '../src/workloads/hot-updates.ts'
import { oneMoreShares } from '../src/workloads/one-more.ts'

test('each ratio of processor time has a bar, and is of the one through the other', () => {
  const costs: Readonly<Record<string, number>> = {
    ...{ 'plain/whole': 11, 'plain/part': 10, 'live/whole': 30, 'live/part': 20, 'begin/whole': 16, 'begin/part': 10 },
    ...{ 'indexed/whole': 12, 'indexed/part': 10, 'versions/many': 5, 'versions/few': 4, 'stores/beside': 20 },
  }
  const shares = oneMoreShares((arm): readonly Measured[] => [
    { value: 1, operations: 1, cpuUs: costs[arm] ?? Number.NaN },
  ])
  expect(shares.map(({ ratio, bar }) => [ratio, bar])).toEqual(
    [1.1, 1.5, 1.6, 1.2, 1.25, 2].map((ratio) => [ratio, { atMost: 1.5 }]),
  )
})

test('one more index is one more, and an update that is not there is an error', async () => {
  const dirs = [mkdtempSync(join(tmpdir(), 'stateward-more-')), mkdtempSync(join(tmpdir(), 'stateward-more-'))] as const
  onTestFinished(() => {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
  })
  const [plain, more] = [
    await openStateward(dirs[0]),
    await openStateward(dirs[1], { segmentBytes: 1_000_000, oneMoreIndex: true }),
  ]
  expect(await more.indexes?.()).toBeGreaterThan((await plain.indexes?.()) ?? 0)
  const data = new DataSet(1000, 1)
  await writesOf(plain).load(data.batches(1000))
  const updates = new HotUpdates(plain, data, 64)
  const told = await Promise.all(Array.from({ length: 200 }, (_, at) => updates.next(at % 64)))
  expect(told).toHaveLength(200)
  await updates.check()
  await writesOf(plain).update(data.idAt(data.indicesOf('phase')[0] ?? 0), { ...data.changes(7), description: 'other' })
  await expect(updates.check()).rejects.toThrow('wrong answer')
  await plain.close()
  await more.close()
})
