import { childArgument } from './child.ts'
import type { Entry } from './entry.ts'
import { forkEntry } from './fork-entry.ts'
import type { Job, Outcome } from './job.ts'

export interface ChildOptions {
  readonly entry: Entry
  readonly timeoutMs: number
  /** Where a CPU profile of the process is written. */
  readonly profileDir?: string
}

/** Does a job in a process of its own. Never rejects: a process that dies or takes too long is an outcome of each workload. */
export function runInChild(job: Job, { entry, timeoutMs, profileDir }: ChildOptions): Promise<readonly Outcome[]> {
  const profiling = profileDir === undefined ? [] : profileArguments(profileDir, job)
  const child = forkEntry(entry, childArgument, profiling)
  return new Promise((resolve) => {
    let outcomes: readonly Outcome[] | undefined
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('message', (message: readonly Outcome[]) => {
      outcomes = message
    })
    child.on('error', () => undefined)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const why = late ? `took longer than ${timeoutMs / 1000} s` : `its process ended with ${code ?? signal}`
      resolve(outcomes ?? job.workloads.map((workload) => ({ workload, failure: why })))
    })
    child.send(job)
  })
}

function profileArguments(dir: string, { contender, workloads, size }: Job): readonly string[] {
  const name = `${contender}-${workloads.join('-').replaceAll('/', '_')}-${size}.cpuprofile`
  return ['--cpu-prof', `--cpu-prof-dir=${dir}`, `--cpu-prof-name=${name}`]
}
