import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Makes one file of a program and all it imports, because hundreds of its processes are to start quickly. */
export async function bundled(entry: URL, folder: string): Promise<string> {
  const source = fileURLToPath(entry)
  const outfile = join(folder, basename(source).replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    logLevel: 'error',
  })
  return outfile
}
