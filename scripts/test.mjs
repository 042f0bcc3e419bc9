// `npm test`: sets up, runs every guard and then every test, and ends with one line: N passed, N failed, N skipped.
// `--nightly` gives the tests the scale `nightly`: the same tests, with larger counts.
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
