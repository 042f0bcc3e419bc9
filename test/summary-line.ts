import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints `N passed, N failed, N skipped` as the very last line, when the process exits, so that whoever reads only the
 * closing line sees the tests. Where `STATEWARD_TEST_COUNTS` names a file, the counts go there instead, for a caller
 * that has more to count. A test file that could not be loaded, and an error outside any test, count as failed.
 */
export class SummaryLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed += 1
        else if (state === 'failed') count.failed += 1
        else count.skipped += 1
      }
    }
    const file = process.env.STATEWARD_TEST_COUNTS
    if (file !== undefined) writeFileSync(file, JSON.stringify(count))
    else process.once('exit', () => process.stdout.write(`${summaryOf(count)}\n`))
  }
}

const summaryOf = (count: { passed: number; failed: number; skipped: number }): string =>
  `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
