import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { contenders } from '../src/contenders/registry.ts'
import { measureMemory } from '../src/memory/measure-memory.ts'
import { memoryTable } from '../src/memory/memory-table.ts'
import { optionsOf } from '../src/options.ts'
import { boundVerdicts } from '../src/report/bound-table.ts'
import { groupsOf } from '../src/report/summary.ts'
import { highestMemory, highestOf } from '../src/workloads/highest-memory.ts'

test('a store is loaded, used, opened again and used again, and every phase has its peak', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-memory-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const found = await measureMemory({ dir, records: 2_000, operations: 500, cacheBytes: 100_000, seed: 1 })
  expect(found.phases).toHaveLength(7)
  expect(found.records).toBeGreaterThan(2_000)
  for (const { peakBytes } of found.phases) expect(peakBytes).toBeGreaterThan(1_000_000)
  expect(found.memory.cache.bytes).toBeLessThanOrEqual(100_000)
  expect(memoryTable(found)).toContain('highest peak')
  expect(found.phases.map(({ name }) => name)).not.toContain('the newest 20 of a status')
  expect(optionsOf(['--memory', '1m'])).toMatchObject({ memory: 1_000_000 })
})

test('the highest peak of all phases is the figure, and has a bar but where everything together has a bound', () => {
  const phase = (name: string, peakMiB: number) => ({
    ...{ name, seconds: 1, cpuSeconds: 1, heapBytes: 1, buffersBytes: 1 },
    peakBytes: peakMiB * 1_048_576,
  })
  const phases = [phase('load', 200), phase('use', 301), phase('close', 90)]
  expect(highestOf({ phases }, 5)).toEqual({
    ...{ value: 301, operations: 10 },
    remark: 'MiB at the most, by phase: load 200, use 301, close 90',
  })
  const memory = { cache: { bytes: 0, maxBytes: 0 }, indexes: [], memoryParts: { tables: 0 } }
  const told = (records: number, highest: number): string =>
    memoryTable({ records, phases: [phase('load', highest)], memory } as never)
  expect([told(1000, 301), told(1000, 300)].map((text) => /≤ 300 MiB ./.exec(text)?.[0])).toEqual([
    '≤ 300 MiB ✗',
    '≤ 300 MiB ✓',
  ])
  expect(told(3_000_000, 400)).not.toContain('≤ 300')
  const group = groupsOf(
    [1_000_000, 3_000_000].map((size) => ({
      ...{ workload: 'M1', size, contender: 'stateward', round: 0 },
      measured: { value: 400, operations: 1 },
    })),
    [highestMemory],
    contenders,
  )
  expect(
    group.map((one) => one.summaries.flatMap((summary) => boundVerdicts(one, summary).map(({ holds }) => holds))),
  ).toEqual([[false], []])
})

test('with a bound of everything together, the question whose index may be gone is asked once, behind the others', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-memory-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const bound = { cacheBytes: 100_000, maxBytes: 150_000 }
  const found = await measureMemory({ dir, records: 2_000, operations: 500, ...bound, seed: 1 })
  expect(found.phases.map(({ name }) => name)).toContain('the newest 20 of a status')
  expect(found.memory.indexes.some(({ dropped }) => dropped)).toBe(true)
})
