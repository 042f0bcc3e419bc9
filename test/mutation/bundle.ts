import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { build } from 'esbuild'
import type { Look } from './looks.ts'
import { type Numbered, planted } from './planted.ts'

/**
 * `mutantAt(n)` of the planted source. Without a mutant that lives, it keeps the numbers of those that were come by, so
 * that it is known which tests come by which.
 */
const banner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const livingMutant = Number(process.env.MUTATION_LIVES ?? -1);
const passedMutants = globalThis.passedMutants = new Set();
const mutantAt = livingMutant < 0 ? (number) => (passedMutants.add(number), false) : (number) => number === livingMutant;`

/** Bundles all looks, and the source with these mutants in it, into one file that runs one of them, or none. */
export async function bundle(root: string, looks: readonly Look[], mutants: readonly Numbered[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entryOf(looks), resolveDir: root, loader: 'ts' },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    alias: { vitest: join(root, 'test/mutation/vitest-stand-in.ts') },
    banner: { js: banner },
    logLevel: 'silent',
    plugins: [
      {
        name: 'planted',
        setup(builds) {
          builds.onLoad({ filter: /\/src\/.+\.ts$/ }, ({ path }) => {
            const own = relative(root, path).split(sep).join('/')
            const inside = mutants.filter(({ mutant }) => mutant.path === own)
            return inside.length === 0
              ? undefined
              : { contents: planted(readFileSync(path, 'utf8'), inside), loader: 'ts' }
          })
        },
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
}

/** Each look is loaded when the first of its tests is run. */
function entryOf(looks: readonly Look[]): string {
  const loads = looks.map(({ path, call }) => {
    const then = call === undefined ? '' : `.then((look) => test('all', () => look.${call}))`
    return `() => import('./${path}')${then},\n`
  })
  return `import { runInside } from './test/mutation/run-inside.ts'
import { test } from './test/mutation/vitest-stand-in.ts'
await runInside([\n${loads.join('')}])
process.exit(0)
`
}
