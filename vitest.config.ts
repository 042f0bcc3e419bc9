import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { root, workspaceFolders } from './scripts/workspace.mjs'
import { LongestFirst } from './test/longest-first.ts'
import { RigReport } from './test/reliability/rig-report.ts'
import { SummaryLine } from './test/summary-line.ts'

// With the source condition a package is read from its src/, so no test needs a build. The rest are Vite's own defaults but for
// `module`, which Node does not know: what a package keeps there is for bundlers, and need not load in Node.
const conditions = ['@stateward/source', 'node', 'development|production']

// All folders are one project to Vitest, so that its workers keep what they imported, and what got fast, until the end.
const include = ['test', ...workspaceFolders().map((folder) => `${folder}/test`)].map(
  (folder) => `${folder}/**/*.test.ts`,
)

// `npm run test:nightly` runs the same tests with larger counts.
const timeout = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 30 * 60_000 : 60_000

export default defineConfig({
  root,
  ssr: { resolve: { conditions } },
  test: {
    include,
    environment: 'node',
    reporters: ['default', new RigReport(), new SummaryLine()],
    // One worker more than cores: some tests wait for processes and disks, and their core has something to do meanwhile.
    maxWorkers: availableParallelism() + 1,
    // Starting a process and importing everything anew takes half a second for each file, longer than most tests of it.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: timeout,
    hookTimeout: timeout,
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text', 'lcov'] },
  },
})
