import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contenders as all } from '../src/contenders/registry.ts'
import { groupsOf } from '../src/report/summary.ts'
import { findEntry } from '../src/run/entry.ts'
import { killWriter } from '../src/run/kill-writer.ts'
import type { Row } from '../src/run/row.ts'
import { runJob } from '../src/run/run-job.ts'
import { runTurns } from '../src/run/run-turns.ts'
import { turnsOf } from '../src/run/turns.ts'
import { isFit } from '../src/workload.ts'
import { workloads } from '../src/workloads/registry.ts'

const size = 1000

// Opening the engines of all peers takes longer than what is looked at here: on every run one stands for them.
const isNightly = process.env.STATEWARD_TEST_SCALE === 'nightly'
const contenders = isNightly ? all : all.filter(({ name }) => name.startsWith('stateward') || name.startsWith('sqlite'))

// The smallest run there is, in this process: every workload checks its answers before and after it measures.
describe('one round at the smallest size', () => {
  let dir: string
  let rows: readonly Row[]

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stateward-bench-'))
    const turns = turnsOf({ workloads, contenders, sizes: [size], rounds: 1 })
    const child = { entry: findEntry('source'), timeoutMs: 60_000 }
    rows = await runTurns(turns, {
      seed: 1,
      timing: { warmMs: 1, runMs: 10 },
      dir,
      run: runJob,
      killWriter: (job) => killWriter(job, child),
    })
  }, 240_000)
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('every answer is right and everything acknowledged is there after reopening', () => {
    expect(rows.filter(({ failure }) => failure !== undefined)).toEqual([])
  })

  test('every contender has a figure for every workload that it is able to', () => {
    const expected = workloads.flatMap((workload) =>
      contenders.filter((contender) => isFit(workload, contender)).map(({ name }) => `${workload.id} ${name}`),
    )
    expect(rows.map(({ workload, contender }) => `${workload} ${contender}`).toSorted()).toEqual(expected.toSorted())
    for (const { measured } of rows) {
      expect(measured?.value).toBeGreaterThan(0)
      expect(measured?.operations).toBeGreaterThan(0)
    }
  })

  test('the rows make one group a workload, and Stateward is in each', () => {
    const groups = groupsOf(rows, workloads, contenders)
    expect(groups.map(({ workload }) => workload.id)).toEqual(workloads.map(({ id }) => id))
    for (const { summaries } of groups) expect(summaries[0]?.contender.name).toBe('stateward')
  })

  test("Stateward's log tells the size of its groups and of its commits", () => {
    const row = rows.find(({ workload, contender }) => workload === 'W1' && contender === 'stateward')
    expect(row?.measured?.remark).toMatch(/^1\.0 commits a sync, \d{3} bytes a commit$/)
  })
})
