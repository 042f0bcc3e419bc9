import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Told {
  readonly sent: ReadonlySet<number>
  readonly acknowledged: ReadonlySet<number>
}

export interface Killing {
  /** The bundled writer. */
  readonly script: string
  readonly dir: string
  readonly run: string
  readonly afterAcknowledged: number
  readonly callers: number
}

/** Makes one file of the writer and all it imports, because a hundred processes are to start quickly. */
export async function bundledWriter(folder: string): Promise<string> {
  const outfile = join(folder, 'writer.mjs')
  const entry = fileURLToPath(new URL('writer.ts', import.meta.url))
  // CommonJS dependencies ask for a require that a module does not have.
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    banner,
    logLevel: 'error',
  })
  return outfile
}

/** Starts a writer on a directory, kills it with SIGKILL after so many acknowledgements, and answers with what it told. */
export async function killedWriter({ script, dir, run, afterAcknowledged, callers }: Killing): Promise<Told> {
  const told = `${dir}.${run}.told`
  const child = spawn(process.execPath, [script, dir, run, String(callers), told], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  let acknowledged = 0
  for await (const dots of child.stdout) {
    acknowledged += dots.length
    if (acknowledged >= afterAcknowledged) child.kill('SIGKILL')
  }
  if ((await ended) !== 'SIGKILL') throw new Error(`the writer ended by itself: ${Buffer.concat(errors).toString()}`)
  const lines = (await readFile(told, 'utf8')).split('\n')
  const numbers = (kind: string): Set<number> =>
    new Set(lines.filter((line) => line.startsWith(`${kind} `)).map((line) => Number(line.slice(2))))
  return { sent: numbers('s'), acknowledged: numbers('a') }
}
