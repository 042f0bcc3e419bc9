// `npm run coverage`: which branches of the code that stores and recovers the tests take, and whether they are enough. With
// the name of a part, that part only; with `--write` the table in RELIABILITY.md is written too. Other arguments go to
// vitest. Rigs run at a hundredth of their counts unless STATEWARD_TEST_SCALE says otherwise, and those that need a real
// machine or look at every byte are left out: they take the same branches again, ten thousand times.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, stopOnSignals } from './child.mjs'
import { branchesIn, withCoverage } from './coverage-table.mjs'
import { root, toolEnvironment, toolPath } from './workspace.mjs'

const recoveryOfCore = [
  ...['replay', 'restore', 'log-pump', 'terms', 'term', 'write', 'write-actor', 'deciding', 'undecided', 'txid-window'],
  ...['checkpoint-file', 'checkpoints', 'load-checkpoint', 'save-checkpoint', 'guarded-storage', 'storage-error'],
  ...['compact', 'compactor', 'compaction-due', 'compaction-schedule', 'base-rows'],
]

/** @type {readonly import('./coverage-table.mjs').CoveredPart[]} */
const parts = [
  {
    name: 'storage-jsonl',
    what: 'all of it',
    least: 95,
    included: ['packages/storage-jsonl/src/**'],
    tests: ['packages/storage-jsonl/test/'],
  },
  {
    name: 'core',
    what: `what recovers, reopens, keeps checkpoints and compacts: ${recoveryOfCore.map((name) => `\`${name}\``).join(', ')}`,
    least: 95,
    included: recoveryOfCore.map((name) => `packages/core/src/*/${name}.ts`),
    tests: ['packages/core/test/', 'packages/stateward/test/'],
  },
]
const leftOut = [
  ...['**/machine/**', '**/kill-nine/**', '**/planted/**', '**/process*.test.ts'],
  ...['**/mutants.test.ts', '**/bytes-*.test.ts', '**/crash-[12].test.ts'],
]

stopOnSignals()
const asked = process.argv.slice(2)
const names = parts.map(({ name }) => name)
const chosen = parts.filter(({ name }) => asked.includes(name) || !asked.some((word) => names.includes(word)))
const passedOn = asked.filter((word) => !names.includes(word) && word !== '--write')

/** @type {import('./coverage-table.mjs').Covered[]} */
const found = []
for (const part of chosen) {
  const folder = join(root, 'coverage', part.name)
  const ended = await run(
    toolPath('vitest'),
    [
      ...['run', ...part.tests, '--testTimeout=600000', '--coverage', `--coverage.reportsDirectory=${folder}`],
      ...['--coverage.reporter=json', '--coverage.reporter=text', '--coverage.skipFull'],
      ...part.included.map((path) => `--coverage.include=${path}`),
      ...leftOut.map((path) => `--exclude=${path}`),
      ...passedOn,
    ],
    { env: toolEnvironment({ STATEWARD_TEST_SCALE: process.env.STATEWARD_TEST_SCALE ?? '0.01' }), show: true },
  )
  // Where a test fails nothing is counted: it is mended first.
  if (ended.code !== 0) process.exit(ended.code)
  found.push({ part, ...branchesIn(JSON.parse(readFileSync(join(folder, 'coverage-final.json'), 'utf8'))) })
}

for (const { part, taken, branches } of found) {
  const percent = (taken / branches) * 100
  const isEnough = percent >= part.least
  console.log(
    `${part.name}: ${taken} of ${branches} branches, ${percent.toFixed(1)} %${isEnough ? '' : `: less than the bar of ${part.least} %`}`,
  )
  if (!isEnough) process.exitCode = 1
}
if (asked.includes('--write')) {
  const page = join(root, 'RELIABILITY.md')
  writeFileSync(page, withCoverage(readFileSync(page, 'utf8'), found))
}
