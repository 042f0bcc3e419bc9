import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openNewlineScan, openParseOfLines, openSequentialRead } from '../src/contenders/log-scans.ts'
import { openStateward } from '../src/contenders/stateward.ts'
import { DataSet } from '../src/data/data-set.ts'
import { scanOf, writesOf } from '../src/part-of.ts'

test('a pass over the log counts what is there, by bytes, by lines and by records, and the store counts its records', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-scans-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const data = new DataSet(1000, 1)
  const store = await openStateward(dir)
  await writesOf(store).load(data.batches(300))
  expect(await scanOf(store).pass()).toBe(1000)
  await store.close()
  const scans = await Promise.all([openSequentialRead, openNewlineScan, openParseOfLines].map((open) => open(dir)))
  const counted = (): Promise<readonly number[]> => Promise.all(scans.map(async (one) => scanOf(one).pass()))
  const before = await counted()
  expect(before).toEqual(await Promise.all(scans.map(async (one) => scanOf(one).known(1000))))
  expect(before[2]).toBe(1000)
  const segment = readdirSync(dir).find((name) => name.startsWith('log-')) ?? ''
  const line = '{"type":"plan","data":{"id":"x"}}\n'
  appendFileSync(join(dir, segment), line)
  expect(await counted()).toEqual(before.map((count, at) => count + ([line.length, 1, 1][at] ?? 0)))
})
