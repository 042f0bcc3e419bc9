import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { run, stopOnSignals } from './child.mjs'
import { guards } from './guards.mjs'
import { say, sayDone, seconds } from './progress.mjs'
import { toolEnvironment, toolPath } from './workspace.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs every guard, two or more at a time, and then every test; a failure stops nothing, so that one run shows all.
 * @param {'every' | 'nightly'} scale how large the tests' counts are
 * @returns {Promise<Counts>} each guard counts as one test
 */
export async function checkAll(scale) {
  const started = performance.now()
  stopOnSignals()
  say(`checking ${guards.length} guards: ${guards.map((guard) => guard.name).join(', ')}`)
  const failed = await runGuards()
  say(`\nrunning the tests${scale === 'nightly' ? ' at the nightly scale' : ''}`)
  const tests = await runTests(scale)
  say('')
  if (failed.length > 0) say(`guards that failed (see above): ${failed.join(', ')}`)
  say(`everything took ${seconds(performance.now() - started)}`)
  return { ...tests, passed: tests.passed + guards.length - failed.length, failed: tests.failed + failed.length }
}

/** @returns {Promise<string[]>} the names of the guards that failed */
async function runGuards() {
  const waiting = [...guards]
  /** @type {string[]} */
  const failed = []
  const lane = async () => {
    for (let guard = waiting.shift(); guard !== undefined; guard = waiting.shift()) {
      const started = performance.now()
      const { code, output } = await guard.check().catch((error) => ({ code: 1, output: String(error) }))
      sayDone(code === 0, guard.name, performance.now() - started)
      if (code === 0) continue
      failed.push(guard.name)
      say(output.trimEnd())
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane))
  return failed
}

/**
 * @param {'every' | 'nightly'} scale
 * @returns {Promise<Counts>}
 */
async function runTests(scale) {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-test-'))
  const countsPath = join(folder, 'counts.json')
  const env = toolEnvironment({ STATEWARD_TEST_SCALE: scale, STATEWARD_TEST_COUNTS: countsPath })
  try {
    const ended = await run(toolPath('vitest'), ['run'], { env, show: true })
    const counts = readCounts(countsPath)
    // Vitest also fails for reasons that are no test's: whatever it says must not get lost.
    return ended.code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} path
 * @returns {Counts}
 */
function readCounts(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    say('vitest ended without a result')
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
