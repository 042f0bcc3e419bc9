import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { context, type Plugin } from 'esbuild'
import type { Look } from './looks.ts'
import type { Mutant } from './mutants.ts'

/** Who noticed the mutant: the name of a test, or `it does not end`; `undefined` when nobody did. */
export type Verdict = string | undefined

export interface Trials {
  /** Runs all looks at the source with this mutant in it, until the first one that fails. */
  run(mutant: Mutant | undefined): Promise<Verdict>
  dispose(): Promise<void>
}

export interface TrialOptions {
  readonly root: string
  readonly looks: readonly Look[]
  /** Where bundles are written. */
  readonly folder: string
  /** Processor time that a mutant has; one that takes more does not end. Time of the clock would tell of other programs. */
  readonly limitSeconds: number
}

/** A mutant is bundled with all that looks at it and run in a process of its own, so that it may spin, leak or exit. */
export async function trials({ root, looks, folder, limitSeconds }: TrialOptions): Promise<Trials> {
  let planted: Mutant | undefined
  const planting: Plugin = {
    name: 'planting',
    setup(build) {
      build.onLoad({ filter: /\/packages\/(storage-jsonl|core)\/src\/.*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        if (planted === undefined || path !== join(root, planted.path)) return { contents: text, loader: 'ts' }
        const { start, end, becomes } = planted
        return { contents: `${text.slice(0, start)}${becomes}${text.slice(end)}`, loader: 'ts' }
      })
    },
  }
  const builds = await context({
    stdin: { contents: entryOf(looks), resolveDir: root, loader: 'ts' },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@stateward/source'],
    alias: { vitest: join(root, 'test/mutation/vitest-stand-in.ts') },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
    plugins: [planting],
  })
  const path = join(folder, 'mutant.mjs')
  return {
    async run(mutant) {
      planted = mutant
      const { outputFiles } = await builds.rebuild()
      writeFileSync(path, outputFiles?.[0]?.text ?? '')
      return verdictOf(path, limitSeconds)
    },
    dispose: () => builds.dispose(),
  }
}

/** The looks one after the other: each is loaded when its turn comes. */
function entryOf(looks: readonly Look[]): string {
  const turns = looks.map(({ path, call }, index) => {
    const load = `const look${index} = await import('./${path}')`
    const look = call === undefined ? 'runRegistered()' : `look${index}.${call}`
    return `at = '${path}'\ntry {\n${load}\nawait ${look}\n} catch (error) {\n  end(error)\n}\ntell()\n`
  })
  return `import { runRegistered } from './test/mutation/vitest-stand-in.ts'
let at = '', since = Date.now()
const tell = (): void => {
  if (process.env.MUTATION_TIMES === '1') process.stderr.write(\`\${Date.now() - since} ms \${at}\\n\`)
  since = Date.now()
}
const end = (error: unknown): void => {
  const name = error instanceof Error ? error.message.split('\\n')[0] : String(error)
  process.stdout.write(\`\${at}: \${name}\\n\`)
  if (process.env.MUTATION_TIMES === '1') console.error(error)
  else process.exit(1)
}
process.on('uncaughtException', end)
process.on('unhandledRejection', end)
${turns.join('')}process.exit(0)
`
}

function verdictOf(path: string, limitSeconds: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const command = `ulimit -t ${limitSeconds} && exec "$0" --max-old-space-size=1024 "$1"`
    const child = spawn('sh', ['-c', command, process.execPath, path], {
      stdio: ['ignore', 'pipe', process.env.MUTATION_TIMES === '1' ? 'inherit' : 'ignore'],
      env: { ...process.env, STATEWARD_TEST_SCALE: '0.0005' },
      // For one that waits for ever, and takes no time to do so.
      timeout: limitSeconds * 10_000,
      killSignal: 'SIGKILL',
    })
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined)
      else resolve(signal !== null ? 'it does not end' : said.trim() || `it exits with ${code}`)
    })
  })
}
