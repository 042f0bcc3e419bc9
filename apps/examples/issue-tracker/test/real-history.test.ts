import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importIssues } from '../src/import-issues.ts'
import { type IssueState, issueStorage, openIssues } from '../src/open-issues.ts'
import { replayChanges } from '../src/replay-changes.ts'
import { expectFolded } from './expect-folded.ts'
import { expectPast } from './expect-past.ts'
import { asInSource, plainFold } from './plain-fold.ts'
import { hasRealData, realChanges, realIssues } from './real-data.ts'
import { temporaryFolder } from './temporary-folder.ts'

// Two cores, and perhaps other work on them.
const slowMs = 300_000

async function expectVerified(state: IssueState, commits: number): Promise<void> {
  const report = await state.verify()
  expect(report.storage.damage).toEqual([])
  expect(report.indexes.filter(({ ok }) => !ok)).toEqual([])
  expect(report).toMatchObject({ ok: true, storage: { ok: true, commits, unverified: 0 } })
}

describe.runIf(hasRealData)('40 000 real changes, from ../shared/data', () => {
  const counts = { creates: 13_288, recreates: 3_864, updates: 14_332, silentUpdates: 391, deletes: 12_380 }

  test(
    'in files they come out as their fold, also after opening again; every line is JSON with the keys of the format',
    async () => {
      const changes = realChanges()
      const folded = plainFold(changes)
      const folder = temporaryFolder()
      const storage = issueStorage(folder)
      // Every line is counted below, so none may move into an archive.
      const state = await openIssues(storage, { compaction: false })
      expect(await replayChanges(state, changes)).toMatchObject(counts)
      await expectFolded(state, folded)
      await expectVerified(state, changes.length)
      await state.close()

      const again = await openIssues(storage, { compaction: false })
      await expectFolded(again, folded)
      await expectVerified(again, changes.length)
      await expectPast(again, changes, 1_000)
      await again.close()
      expectSeedLines(folder, counts)
    },
    slowMs,
  )
})

const seedKeys: Readonly<Record<string, string>> = {
  update: 'type,timestamp,target,id,changes',
  delete: 'type,timestamp,target,id',
}

/** Each line parses, begins with the keys of its kind, and there are as many of each kind as there were changes. */
function expectSeedLines(folder: string, counts: { creates: number; updates: number; deletes: number }): void {
  const found: Record<string, number> = {}
  const strange: string[] = []
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
    for (const line of linesOf(join(folder, file))) {
      const parsed = JSON.parse(line)
      const keys = Object.keys(parsed).join()
      found[parsed.type] = (found[parsed.type] ?? 0) + 1
      if (!keys.startsWith(seedKeys[parsed.type] ?? 'type,timestamp,data') || !keys.endsWith(',crc')) strange.push(line)
    }
  }
  expect(strange).toEqual([])
  // Some updates are logged whole, so that no chain of them gets long.
  expect(found.delete).toBe(counts.deletes)
  expect((found.update ?? 0) + (found.issue ?? 0)).toBe(counts.creates + counts.updates)
  expect(found.issue).toBeGreaterThanOrEqual(counts.creates)
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

describe.runIf(hasRealData)('5 722 real records, from ../shared/data', () => {
  test(
    'are what they were, also after opening again',
    async () => {
      const issues = [...realIssues()].sort((left, right) => (left.id < right.id ? -1 : 1))
      const storage = issueStorage(temporaryFolder())
      const state = await openIssues(storage)
      expect(await importIssues(state, issues)).toEqual({ issues: 5_722, inEpics: 432, withoutTheirEpic: 9 })
      for (const store of [state, undefined]) {
        const open = store ?? (await openIssues(storage))
        const records = await open.issue.where().all()
        expect(records.map(asInSource)).toEqual(issues)
        expect(new Set(records.map(({ rev }) => rev))).toEqual(new Set([1]))
        expect((await open.verify()).ok).toBe(true)
        await open.close()
      }
    },
    slowMs,
  )
})
