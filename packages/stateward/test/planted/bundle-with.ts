import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { context, type Plugin } from 'esbuild'
import type { Layer } from './layers.ts'

/** A change of the source: the one place where `find` stands becomes `replace`. */
export interface Patch {
  /** From `packages/`, such as `storage-jsonl/src/format/line.ts`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Bundler {
  /** The layer as one module, with a patch in what it looks at. Rejects when the patch does not fit the source any more. */
  bundle(patch: Patch | undefined): Promise<string>
  dispose(): Promise<void>
}

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/** Bundles a layer again and again; what a patch does not touch is read once. */
export async function bundler(layer: Layer): Promise<Bundler> {
  let planted: Patch | undefined
  const patching: Plugin = {
    name: 'patching',
    setup(build) {
      build.onLoad({ filter: /\/packages\/(storage-jsonl|core|index|query|stateward)\/src\/.*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
        const isPatched = planted !== undefined && path === join(packages, planted.file)
        return { contents: isPatched ? patched(contents, planted) : contents, loader: 'ts' }
      })
    },
  }
  const builds = await context({
    entryPoints: [fileURLToPath(new URL(`${layer}-layer.ts`, import.meta.url))],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    external: ['vitest'],
    logLevel: 'silent',
    plugins: [patching],
  })
  return {
    async bundle(patch) {
      planted = patch
      const { outputFiles } = await builds.rebuild()
      return outputFiles?.[0]?.text ?? ''
    },
    dispose: () => builds.dispose(),
  }
}

function patched(source: string, patch: Patch | undefined): string {
  if (patch === undefined) return source
  const { file, find, replace } = patch
  const places = source.split(find).length - 1
  if (places === 1) return source.replace(find, () => replace)
  throw new Error(`${places} places in ${file} hold what a planted bug replaces, expected one: ${find}`)
}
