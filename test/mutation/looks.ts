import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One thing that looks at a mutant: a file of tests, or a layer that finds planted bugs. */
export interface Look {
  /** From the root of the repository. */
  readonly path: string
  /** What of it is called; a file of tests registers itself. */
  readonly call?: string
}

const storage = 'packages/storage-jsonl/test'
/**
 * Left out, so that the score is the least that is true: what starts processes of its own, which read the source as it
 * is; and what takes minutes, of which the layers `bytes`, `fault` and `crash` are a small part.
 */
const leftOut =
  /^(bytes-.|cache-damage|conformance|crash|crash-.|documentation|full-disk|mutants|planted-files|processes|strange-files)\.test/
const coreTests = ['log-pump', 'failed-appends', 'lost-commits', 'reopening', 'txids', 'opening']

/** They look at many cases, most of which one of the tests before them sees as well. */
const late = ['salvage', 'repair', 'retention', 'damage'].map((name) => `${storage}/simulated/${name}.test.ts`)

const layer = (name: string, call: string): Look => ({
  path: `packages/stateward/test/planted/${name}-layer.ts`,
  call,
})

/** All that looks at a mutant, what takes the least time first. */
export function allLooks(root: string): Look[] {
  const tests = (folder: string): Look[] =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.test.ts') && !leftOut.test(name))
      .map((name) => ({ path: `${folder}/${name}` }))
      .filter(({ path }) => !late.includes(path))
  return [
    layer('lock', 'lockLayer()'),
    layer('state', 'stateLayer()'),
    ...tests(`${storage}/simulated`),
    ...tests(storage),
    ...coreTests.map((name) => ({ path: `packages/core/test/${name}.test.ts` })),
    layer('fault', 'faultLayer()'),
    ...late.map((path) => ({ path })),
    layer('bytes', 'bytesLayer()'),
    layer('crash', 'crashLayer({ seed: 1, from: 1 })'),
  ]
}
