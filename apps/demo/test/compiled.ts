import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/**
 * One file of a program and all that it imports, in `folder`: compiled by each process that is started, the sources take it ten
 * times as long. With `readsBeside` it finds the files that it reads as from the place of its source. Resolves with its path.
 */
export async function compiled(
  entry: string,
  folder: string,
  { readsBeside = false }: { readonly readsBeside?: boolean } = {},
): Promise<string> {
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    // CommonJS dependencies ask for a require that a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    define: readsBeside ? { 'import.meta.url': JSON.stringify(pathToFileURL(entry).href) } : {},
    logLevel: 'error',
  })
  return outfile
}
