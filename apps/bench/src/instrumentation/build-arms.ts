import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { type ArmName, armNames } from './arm.ts'
import { cuts, without } from './without.ts'

/** The program of each arm, and the one that runs them in turns. */
export interface ArmPrograms {
  readonly arms: Readonly<Record<ArmName, string>>
  readonly round: string
}

const app = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url)
const namesFile = 'contract/src/tracing.ts'

/** Builds them into a folder, alike but for what is cut out. Rejects where a source has changed, so that it cannot be cut. */
export async function buildArms(folder: string): Promise<ArmPrograms> {
  const at = (name: string): string => join(folder, `${name}.mjs`)
  const arms = { none: at('none'), off: at('off'), on: at('on'), each: at('each') }
  const found = new Set<string>()
  await Promise.all([
    ...armNames.map((arm) => bundle('be-arm', arms[arm], [changing(arm, found)])),
    bundle('be-round', at('round'), []),
  ])
  for (const { file } of [...cuts, { file: namesFile }])
    if (!found.has(file)) throw new Error(`${file} is no part of the program that it is to be cut out of`)
  return { arms, round: at('round') }
}

function changing(arm: ArmName, found: Set<string>): Plugin {
  return {
    name: `sources of ${arm}`,
    setup(builds) {
      builds.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => {
        for (const file of [...cuts.map((cut) => cut.file), namesFile])
          if (path.endsWith(`/packages/${file}`)) found.add(file)
        const source = readFileSync(path, 'utf8')
        const own = path.endsWith(`/packages/${namesFile}`) ? withOwnNames(arm, source) : source
        return { contents: arm === 'none' ? without(path, own) : own, loader: 'ts' }
      })
    },
  }
}

/** Channels are one for all who have their name, in the whole process: who listens to one arm must not be heard of by another. */
export function withOwnNames(arm: ArmName, source: string): string {
  const own = source.replaceAll("'stateward.", `'stateward.${arm}.`)
  if (own === source) throw new Error(`expected names of channels in ${namesFile}, found none`)
  return own
}

async function bundle(entry: 'be-arm' | 'be-round', outfile: string, plugins: readonly Plugin[]): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(`src/instrumentation/${entry}.ts`, app))],
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
