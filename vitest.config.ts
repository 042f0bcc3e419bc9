import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { root, workspaceFolders } from './scripts/workspace.mjs'
import { LongestFirst } from './test/longest-first.ts'
import { RigReport } from './test/reliability/rig-report.ts'
import { SummaryLine } from './test/summary-line.ts'

// With the source condition a package is read from its src/, so no test needs a build. The rest are Vite's own defaults.
const conditions = ['@stateward/source', 'module', 'node', 'development|production']

/** One project per folder with tests, named as the folder: `vitest run --project actor`. The root's is `repo`. */
const project = (folder: string, name = basename(folder)) => ({
  extends: true as const,
  root: join(root, folder),
  test: { name, include: ['test/**/*.test.ts'], environment: 'node' as const },
})

const folders = workspaceFolders().filter((folder) => existsSync(join(root, folder, 'test')))

// `npm run test:nightly` runs the same tests with larger counts.
const timeout = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 30 * 60_000 : 60_000

export default defineConfig({
  root,
  ssr: { resolve: { conditions } },
  test: {
    projects: [project('.', 'repo'), ...folders.map((folder) => project(folder))],
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
