import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Makes one file of a program and all it imports, because hundreds of processes are to start quickly; resolves with its path. */
export async function bundled(entry: string, folder: string): Promise<string> {
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
    logLevel: 'error',
  })
  return outfile
}
