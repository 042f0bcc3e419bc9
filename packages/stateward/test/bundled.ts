import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/**
 * Makes one file of a program and all it imports, because many processes are to start quickly: compiled anew by each of them,
 * the sources take it ten times as long. Resolves with its path. `readsBeside`: it finds
 * the files that it reads as from the place of its source.
 */
export async function bundled(
  entry: string,
  folder: string,
  { readsBeside = false }: { readonly readsBeside?: boolean } = {},
): Promise<string> {
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`)
  // CommonJS dependencies ask for a require that a module does not have.
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    banner,
    define: readsBeside ? { 'import.meta.url': JSON.stringify(pathToFileURL(entry).href) } : {},
    logLevel: 'error',
  })
  return outfile
}
