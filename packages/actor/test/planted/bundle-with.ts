import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** A change of the source: the one place where `find` stands becomes `replace`. */
export interface Patch {
  /** From `src/`, such as `kernel.ts`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** The exploration as one module, with a patch in the kernel that it looks at. Rejects when the patch does not fit the source any more. */
export async function bundleWith(patch: Patch | undefined): Promise<string> {
  const patching: Plugin = {
    name: 'patching',
    setup({ onLoad }) {
      onLoad({ filter: /\/actor\/src\/.*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
        const isPatched = patch !== undefined && path === join(source, patch.file)
        return { contents: isPatched ? patched(contents, patch) : contents, loader: 'ts' }
      })
    },
  }
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('exploration-layer.ts', import.meta.url))],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [patching],
  })
  return outputFiles[0]?.text ?? ''
}

function patched(text: string, { file, find, replace }: Patch): string {
  const places = text.split(find).length - 1
  if (places === 1) return text.replace(find, () => replace)
  throw new Error(`${places} places in ${file} hold what a planted bug replaces, expected one: ${find}`)
}
