import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { overloadTable, storesTable } from '../src/limits-report.ts'
import { optionsOf } from '../src/options.ts'
import { measureOverload } from '../src/overload/measure-overload.ts'
import { measureStores } from '../src/stores/measure-stores.ts'

function fresh(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stateward-limits-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('offered more than it can take, a store refuses what does not fit, keeps what it acknowledged, and goes on', async () => {
  const found = await measureOverload({ dir: fresh(), runMs: 200, mailbox: 100, times: 10, atOnce: 300 })
  expect(found).toMatchObject({ otherwise: 0, lost: 0, uninvited: 0 })
  // Three times as many at once as may wait, so that two thirds of those are refused however fast the disk is.
  expect(found.refused).toBeGreaterThanOrEqual(190)
  expect(found.acknowledged).toBeGreaterThan(0)
  expect(found.deepest).toBeLessThanOrEqual(100)
  expect(found.recovered).toBeGreaterThan(0)
  expect(overloadTable(found, { mailbox: 100, times: 10 })).toMatch(
    /lost \/ refused and there +\| +0 \/ 0 \| +none ✓ \|/,
  )
})

test('stores are woken and passivated, each with its record', async () => {
  const found = await measureStores({ dir: fresh(), stores: 6, wakes: 3, maxOpen: 2, restMs: 0 })
  expect(found).toMatchObject({ stores: 6, wakes: 3 })
  expect(found.wakeMs[0]).toBeGreaterThan(0)
  expect(storesTable(found)).toContain('6, 3')
})

test('--stores and --overload ask for them', () => {
  expect(optionsOf(['--stores', '10k'])).toMatchObject({ stores: 10_000 })
  expect(optionsOf(['--overload'])).toMatchObject({ overload: true, stores: 0 })
})
