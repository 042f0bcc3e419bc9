import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { withOwnNames } from '../src/instrumentation/build-arms.ts'
import { instrumentationTable } from '../src/instrumentation/instrumentation-table.ts'
import { intervalOf } from '../src/instrumentation/interval.ts'
import { measureInstrumentation } from '../src/instrumentation/measure-instrumentation.ts'
import { shuffled } from '../src/instrumentation/shuffled.ts'
import { cuts, without } from '../src/instrumentation/without.ts'
import { optionsOf } from '../src/options.ts'

test('all arms answer, and are compared with each other', { timeout: 300_000 }, async () => {
  // Beside the app: what is built there must find the packages that are not built with it.
  const dir = mkdtempSync(fileURLToPath(new URL('../node_modules/.instrumentation-', import.meta.url)))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const found = await measureInstrumentation({ dir, rounds: 1, runMs: 5, records: 300, seed: 1 })
  for (const workload of [found.R1, found.W2])
    for (const ratios of [workload['off/none'], workload['on/off'], workload['each/off']])
      for (const { cpu, wall } of ratios) expect(Math.min(cpu, wall)).toBeGreaterThan(0)
  expect(instrumentationTable(found).match(/[✓✗]/g)).toHaveLength(4)
})

test('what is cut out stands in the sources, once; a source that has changed is an error', () => {
  for (const { file, find } of cuts) {
    const path = fileURLToPath(new URL(`../../../packages/${file}`, import.meta.url))
    expect(without(path, readFileSync(path, 'utf8'))).not.toContain(find)
    expect(() => without(path, '')).toThrow('expected one')
  }
})

test('each arm has channels of its own, and the order of chance is one of the same things', () => {
  const source = "export const names = { message: 'stateward.message', query: 'stateward.query' }"
  expect(withOwnNames('on', source)).toBe(source.replaceAll('stateward.', 'stateward.on.'))
  expect(() => withOwnNames('on', '')).toThrow('expected names')
  const orders = Array.from({ length: 200 }, (_, seed) => shuffled(['a', 'b', 'c'], seed).join(''))
  expect([...new Set(orders)].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
})

test('an interval holds its median, and is as wide as the values are apart', () => {
  const { median, from, to } = intervalOf(Array.from({ length: 25 }, (_, at) => 1 + at / 100))
  expect(median).toBe(1.12)
  expect(from).toBeGreaterThan(1.04)
  expect(from).toBeLessThan(1.12)
  expect(to).toBeGreaterThan(1.12)
  expect(to).toBeLessThan(1.2)
  expect(intervalOf([2, 2, 2])).toEqual({ median: 2, from: 2, to: 2 })
})

test('--instrumentation asks for it, in more than 20 rounds', () => {
  expect(optionsOf(['--instrumentation'])).toMatchObject({ instrumentation: true, rounds: 24 })
})
