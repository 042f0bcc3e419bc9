import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SummaryLine } from './test/summary-line.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

// With the source condition a package is read from its src/, so no test needs a build. The rest are Vite's own defaults.
const conditions = ['@stateward/source', 'module', 'node', 'development|production']

const foldersIn = (parent: string): string[] =>
  existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => join(root, parent, name)) : []

const hasTests = (folder: string): boolean => existsSync(join(folder, 'test'))

/** One project per folder with tests, named as the folder: `vitest run --project actor`. */
const project = (folder: string, name: string) => ({
  extends: true as const,
  root: folder,
  test: { name, include: ['test/**/*.test.ts'], environment: 'node' as const },
})

const folders = ['packages', 'apps', 'apps/examples'].flatMap(foldersIn).filter(hasTests)

export default defineConfig({
  root,
  ssr: { resolve: { conditions } },
  test: {
    projects: [project(root, 'repo'), ...folders.map((folder) => project(folder, basename(folder)))],
    reporters: ['default', new SummaryLine()],
    // Two cores: a crowd of workers on them makes honest tests slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text', 'lcov'] },
  },
})
