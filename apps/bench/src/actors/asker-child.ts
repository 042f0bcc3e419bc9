import { fork } from 'node:child_process'
import type { Entry } from '../run/entry.ts'
import { type AskerFigures, type AskerJob, measureAsker } from './measure-asker.ts'
import { askerNamed } from './registry.ts'

/** The argument that makes this program one that measures an asker. */
export const askerArgument = '--asker'

/** Waits for one job, does it, answers and ends. */
export function beAskerChild(): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (job: AskerJob) => {
    Promise.resolve()
      .then(() => measureAsker(askerNamed(job.name), job))
      .catch((error: unknown) => String(error))
      .then((answer) => process.send?.(answer, () => process.disconnect()))
  })
}

/** Measures in a process of its own. Rejects with what it says when it fails, or when it dies. */
export function askerInChild(job: AskerJob, entry: Entry): Promise<AskerFigures> {
  const child = fork(entry.path, [askerArgument], { execArgv: [...entry.execArgv] })
  return new Promise((resolve, reject) => {
    child.on('message', (answer: AskerFigures | string) => {
      if (typeof answer === 'string') reject(new Error(`${job.name}: ${answer}`))
      else resolve(answer)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => reject(new Error(`${job.name}: its process ended with ${code ?? signal}`)))
    child.send(job)
  })
}
