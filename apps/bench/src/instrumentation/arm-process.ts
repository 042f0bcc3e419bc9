import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { ArmFigures, ArmJob, ArmMessage, ArmTask } from './arm.ts'

/** The process of one arm. */
export class ArmProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<never>

  constructor(program: string) {
    this.#child = fork(program, { execArgv: [] })
    this.#ended = new Promise((_, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => reject(new Error(`an arm ended with ${code ?? signal}`)))
    })
    this.#ended.catch(() => undefined)
  }

  async open(job: Omit<ArmJob, 'dir'>, folder: string): Promise<void> {
    await this.#ask({ open: { ...job, dir: mkdtempSync(join(folder, `${job.arm}-`)) } })
  }

  async run(task: ArmTask): Promise<ArmFigures> {
    const answer = await this.#ask({ run: task })
    if (answer === 'done') throw new Error('expected figures of an arm, found none')
    return answer
  }

  async end(): Promise<void> {
    await this.#ask({ end: true })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #ask(message: ArmMessage): Promise<ArmFigures | 'done'> {
    const answered = new Promise<ArmFigures | string>((resolve) => this.#child.once('message', resolve))
    this.#child.send(message)
    const answer = await Promise.race([answered, this.#ended])
    if (answer === 'done' || typeof answer === 'object') return answer
    throw new Error(answer)
  }
}
