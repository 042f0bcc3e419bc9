import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Something that looks at mutants: a file of tests, or a layer that finds planted bugs. */
export interface Look {
  /** From the root of the repository. */
  readonly path: string
  /** What of it is called; a file of tests registers itself. */
  readonly call?: string
}

/**
 * Left out, so that the score is the least that is true: what starts processes of its own, which read the source as it
 * is; what replaces modules; what plants mistakes itself; and rigs that take long, of which the layers are a small part.
 */
const leftOut =
  /^(bytes-[12]|crash|crash-2|documentation|mutants|processes|process|serializability|locked|kill-nine|planted)\.test\.ts$/

const folders = [
  'packages/storage-jsonl/test',
  'packages/storage-jsonl/test/simulated',
  'packages/core/test',
  'packages/stateward/test/model',
]

const layer = (name: string, call: string): Look => ({
  path: `packages/stateward/test/planted/${name}-layer.ts`,
  call,
})

/** All that looks at mutants. */
export function allLooks(root: string): Look[] {
  const tests = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.test.ts') && !leftOut.test(name))
      .map((name) => ({ path: `${folder}/${name}` })),
  )
  return [
    ...tests,
    layer('lock', 'lockLayer()'),
    layer('state', 'stateLayer()'),
    layer('fault', 'faultLayer()'),
    layer('bytes', 'bytesLayer()'),
    layer('crash', 'crashLayer({ seed: 1, from: 1 })'),
  ]
}
