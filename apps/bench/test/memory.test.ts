import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { measureMemory } from '../src/memory/measure-memory.ts'
import { memoryTable } from '../src/memory/memory-table.ts'
import { optionsOf } from '../src/options.ts'

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

test('with a bound of everything together, the question whose index may be gone is asked once, behind the others', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-memory-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const bound = { cacheBytes: 100_000, maxBytes: 150_000 }
  const found = await measureMemory({ dir, records: 2_000, operations: 500, ...bound, seed: 1 })
  expect(found.phases.map(({ name }) => name)).toContain('the newest 20 of a status')
  expect(found.memory.indexes.some(({ dropped }) => dropped)).toBe(true)
})
