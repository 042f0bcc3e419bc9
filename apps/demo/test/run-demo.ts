import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { compiled } from './compiled.ts'

/** An empty directory that goes when the test has ended. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-demo-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The demo and the command, compiled. */
export interface Programs {
  /** The demo, at full speed, without a terminal; in a directory of its own. */
  runDemo(...args: readonly string[]): Promise<Ran>
  runStateward(args: readonly string[]): Promise<Ran>
  remove(): void
}

/** Compiles the demo with its writer beside it, and the command. */
export async function compiledPrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-demo-compiled-'))
  const [demo, , stateward] = await Promise.all([
    compiled(pathOf('../src/main.ts'), join(folder, 'demo')),
    compiled(pathOf('../src/writer.ts'), join(folder, 'demo')),
    compiled(pathOf('../../../packages/stateward/src/main.ts'), join(folder, 'command'), { readsBeside: true }),
  ])
  return {
    runDemo: (...args) => run([demo, '--step-ms', '1', '--burst-ms', '50', ...args]),
    runStateward: (args) => run([stateward, ...args]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function run(args: readonly string[]): Promise<Ran> {
  const folder = freshFolder()
  const env = { ...process.env, TMPDIR: folder, INIT_CWD: folder, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const [code] = await once(child, 'close')
  return { code, out, err }
}
