import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { cuts, without } from './without.ts'

/** The programs of the arms: one with the instrumentation, one of the same sources without it. */
export interface ArmPrograms {
  readonly with: string
  readonly without: string
}

const app = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url)

/** Builds both into a folder, alike but for what is cut out. Rejects where a source has changed, so that it cannot be cut. */
export async function buildArms(folder: string): Promise<ArmPrograms> {
  const programs = { with: join(folder, 'with.mjs'), without: join(folder, 'without.mjs') }
  const found = new Set<string>()
  const cutting: Plugin = {
    name: 'without instrumentation',
    setup(builds) {
      builds.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        for (const { file } of cuts) if (path.endsWith(`/packages/${file}`)) found.add(file)
        return { contents: without(path, source), loader: 'ts' }
      })
    },
  }
  await Promise.all([bundle(programs.with, []), bundle(programs.without, [cutting])])
  for (const { file } of cuts)
    if (!found.has(file)) throw new Error(`${file} is no part of the program that it is to be cut out of`)
  return programs
}

async function bundle(outfile: string, plugins: readonly Plugin[]): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('src/instrumentation/be-arm.ts', app))],
    outfile,
    plugins: [...plugins],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    // CommonJS dependencies ask for a require that a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
}
