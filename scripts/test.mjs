// `npm test`: sets up, runs every guard and then every test, and ends with one line: N passed, N failed, N skipped.
// Tests that repeat something read how often from STATEWARD_TEST_SCALE: `every` (or nothing) for every run, `nightly`
// for the larger counts of `npm run test:nightly`.
import { requireNode } from './require-node.mjs'

requireNode()
// Only now: an older Node could not even read what these files say.
Promise.all([import('./setup.mjs'), import('./check-all.mjs')])
  .then(async ([{ setUp }, { checkAll }]) => {
    await setUp()
    return checkAll(process.argv.includes('--nightly') ? 'nightly' : 'every')
  })
  .catch((error) => {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`)
    return { passed: 0, failed: 1, skipped: 0 }
  })
  .then(({ passed, failed, skipped }) => {
    if (failed > 0) process.exitCode = 1
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  })
