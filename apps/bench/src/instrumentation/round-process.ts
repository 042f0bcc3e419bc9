import { fork } from 'node:child_process'
import type { RoundFigures, RoundJob } from './round.ts'

/** Runs a round in a process of its own. Rejects with what it says when it fails, or when it dies. */
export function roundInProcess(program: string, job: RoundJob): Promise<RoundFigures> {
  const child = fork(program, { execArgv: ['--expose-gc'] })
  return new Promise((resolve, reject) => {
    child.on('message', (answer: RoundFigures | string) => {
      if (typeof answer === 'string') reject(new Error(answer))
      else resolve(answer)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => reject(new Error(`a round ended with ${code ?? signal}`)))
    child.send(job)
  })
}
