import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type IConfiguration } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config from '../.dependency-cruiser.mjs'

// A tree with one planted violation of each rule, beside much that is allowed. Paths are relative to it.
const planted: Readonly<Record<string, readonly string[]>> = {
  'packages/contract/src/index.ts': ["export { a } from './a.ts'", "export { disk } from './disk.ts'"],
  'packages/contract/src/a.ts': ["import type { b } from './b.ts'", 'export const a = 1 as b'],
  'packages/contract/src/b.ts': ["import type { a } from './a.ts'", 'export type b = typeof a'],
  'packages/contract/src/disk.ts': ["export { constants as disk } from 'node:os'"],
  'packages/csv/src/index.ts': ["export { rows } from './rows.ts'", "export * from './sideways.ts'"],
  'packages/csv/src/rows.ts': ["import { a } from '@stateward/contract'", 'export const rows = a'],
  'packages/csv/src/sideways.ts': ["import type { domain } from '@stateward/domain'", 'export type d = typeof domain'],
  'packages/csv/src/up.ts': ["export { core } from '@stateward/core'"],
  'packages/csv/src/barrel.ts': ["export { rows } from './index.ts'"],
  'packages/csv/src/nowhere.ts': ["export { x } from './missing.ts'"],
  'packages/csv/test/rows.test.ts': ["import '../src/index.ts'", "import '@stateward/conformance'", "import 'node:fs'"],
  'packages/csv/test/up.test.ts': ["import '@stateward/domain'"],
  'packages/domain/src/index.ts': ['export const domain = 1'],
  'packages/conformance/src/index.ts': ["import '@stateward/contract'", 'export const suite = 1'],
  'packages/core/src/index.ts': ["import '@stateward/csv'", 'export const core = 1'],
  'packages/core/src/disk.ts': ["import type { Stats } from 'node:fs'", 'export type S = Stats'],
  'packages/core/src/deep.ts': ["import '../../csv/src/rows.ts'"],
  'packages/core/src/app.ts': ["import '../../../apps/demo/src/main.ts'"],
  'packages/core/src/records/draft.ts': [
    "import type { live } from '../state/live.ts'",
    'export const draft = 1 as live',
  ],
  'packages/core/src/state/live.ts': ['export type live = number'],
  'packages/core/src/state/whole.ts': ["import '../records/row.ts'", "import './live.ts'"],
  'packages/core/src/records/row.ts': ['export const row = 1'],
  'packages/core/src/state/in-no-folder.ts': ["import '../stray.ts'"],
  'packages/core/src/stray.ts': ['export const stray = 1'],
  'packages/core/src/state/too-deep.ts': ["import './inner/thing.ts'"],
  'packages/core/src/state/inner/thing.ts': ['export const thing = 1'],
  'packages/core/src/manager/through-a-barrel.ts': ["import '../state/index.ts'"],
  'packages/core/src/state/index.ts': ["export type { live } from './live.ts'"],
  'packages/storage-jsonl/src/index.ts': ["import 'node:fs/promises'"],
  'packages/novel/src/index.ts': ['export const novel = 1'],
  'packages/stateward/src/index.ts': ["import '@stateward/core'", "import '@stateward/novel'", "import 'node:fs'"],
  'apps/demo/src/main.ts': ["import './board.ts'", "import 'node:child_process'"],
  'apps/demo/src/board.ts': ["import '@stateward/domain'"],
  'apps/examples/one/src/main.ts': ["import '../../../demo/src/board.ts'"],
}

const expected = [
  'contract-and-actor-import-nothing: packages/contract/src/disk.ts → os',
  'disk-only-where-it-belongs: packages/core/src/disk.ts → fs',
  'folder-core-records-imports-down: packages/core/src/records/draft.ts → packages/core/src/state/live.ts',
  'known-folder-of-core: packages/core/src/manager/through-a-barrel.ts → packages/core/src/state/index.ts',
  'known-folder-of-core: packages/core/src/state/in-no-folder.ts → packages/core/src/stray.ts',
  'known-folder-of-core: packages/core/src/state/too-deep.ts → packages/core/src/state/inner/thing.ts',
  'known-layer: packages/stateward/src/index.ts → packages/novel/src/index.ts',
  'layer-1-imports-down: packages/csv/src/sideways.ts → packages/domain/src/index.ts',
  'layer-1-imports-down: packages/csv/src/up.ts → packages/core/src/index.ts',
  'layer-1-tests-import-down: packages/csv/test/up.test.ts → packages/domain/src/index.ts',
  'no-cycles: packages/contract/src/a.ts → packages/contract/src/b.ts',
  'nobody-imports-an-app: apps/examples/one/src/main.ts → apps/demo/src/board.ts',
  'nobody-imports-an-app: packages/core/src/app.ts → apps/demo/src/main.ts',
  'not-to-own-index: packages/csv/src/barrel.ts → packages/csv/src/index.ts',
  'resolvable: packages/csv/src/nowhere.ts → ./missing.ts',
  'through-the-front-door: packages/core/src/deep.ts → packages/csv/src/rows.ts',
]

describe('import direction', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-imports-'))
  let found: readonly string[] = []

  beforeAll(async () => {
    for (const [path, lines] of Object.entries(planted)) write(path, `${lines.join('\n')}\n`)
    for (const name of new Set(Object.keys(planted).flatMap((path) => /^packages\/([^/]+)/.exec(path)?.[1] ?? []))) {
      const exports = { '.': { '@stateward/source': './src/index.ts', default: './dist/index.js' } }
      write(`packages/${name}/package.json`, JSON.stringify({ name: `@stateward/${name}`, type: 'module', exports }))
      mkdirSync(join(folder, 'node_modules/@stateward'), { recursive: true })
      symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@stateward', name), 'dir')
    }
    found = await violations()
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(expected)('finds %s', (violation) => expect(found).toContain(violation))

  test('finds nothing else', () => expect(found).toEqual(expected))

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  async function violations(): Promise<readonly string[]> {
    const { options, ...ruleSet }: IConfiguration = config
    const { enhancedResolveOptions, ...cruiseOptions } = options ?? {}
    const all = { ...cruiseOptions, ruleSet, validate: true, baseDir: folder }
    const { output } = await cruise(['packages', 'apps'], all, enhancedResolveOptions)
    if (typeof output === 'string') throw new Error(output)
    return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
  }
})
