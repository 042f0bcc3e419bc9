import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Look } from './looks.ts'
import type { Plan, Said } from './run-inside.ts'

export interface Ended {
  readonly said: readonly Said[]
  /** Why it ended, as far as it did not end as planned. */
  readonly end: string | undefined
}

/** Where mutants are run. */
export interface Place {
  readonly looks: readonly Look[]
  /** The bundle of these looks. */
  readonly bundlePath: string
  /** For what runs there. */
  readonly folder: string
}

/** Runs a plan in a process of its own: it may spin, leak, exit, or fill its folder. */
export function inProcess({ bundlePath, folder }: Place, plan: Plan, lives?: number): Promise<Ended> {
  const own = join(folder, 'run')
  const planPath = join(folder, 'plan.json')
  mkdirSync(own, { recursive: true })
  writeFileSync(planPath, JSON.stringify(plan))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--max-old-space-size=1024', bundlePath], {
      cwd: own,
      stdio: ['ignore', 'pipe', process.env.MUTATION_ERRORS === '1' ? 'inherit' : 'ignore'],
      env: {
        ...process.env,
        MUTATION_PLAN: planPath,
        ...(lives === undefined ? {} : { MUTATION_LIVES: String(lives) }),
        STATEWARD_TEST_SCALE: '0.004',
        TMPDIR: own,
      },
    })
    const stop = (): void => void child.kill('SIGKILL')
    process.once('exit', stop)
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.on('close', (code, signal) => {
      process.off('exit', stop)
      rmSync(own, { recursive: true, force: true })
      const said = text
        .split('\n')
        .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Said] : []))
      const isDone = said.at(-1)?.kind === 'done'
      resolve({
        said,
        end: isDone ? undefined : signal === null ? `it exits with ${code}` : `it is ended by ${signal}`,
      })
    })
  })
}
