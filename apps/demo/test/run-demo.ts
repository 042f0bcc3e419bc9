import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** An empty directory that goes when the test has ended. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-demo-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const source = ['--conditions=@stateward/source', '--import', import.meta.resolve('tsx')]
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The demo, at full speed, without a terminal; in a directory of its own. */
export function runDemo(...args: readonly string[]): Promise<Ran> {
  return run([pathOf('../src/main.ts'), '--step-ms', '1', '--burst-ms', '50', ...args])
}

/** The command, as the build would run it. */
export function runStateward(args: readonly string[]): Promise<Ran> {
  return run([pathOf('../../../packages/stateward/src/main.ts'), ...args])
}

async function run(args: readonly string[]): Promise<Ran> {
  const folder = freshFolder()
  const env = { ...process.env, TMPDIR: folder, INIT_CWD: folder, NO_COLOR: '1' }
  const child = spawn(process.execPath, [...source, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
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
