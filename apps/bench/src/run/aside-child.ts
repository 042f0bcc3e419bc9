import { type MemoryFigures, type MemoryJob, measureMemory } from '../memory/measure-memory.ts'
import { measureOverload, type OverloadFigures, type OverloadJob } from '../overload/measure-overload.ts'
import type { Entry } from './entry.ts'
import { forkEntry } from './fork-entry.ts'

/** The argument that makes this program one that measures itself. */
export const asideArgument = '--aside-child'

interface AsideJobs {
  readonly memory: { readonly job: MemoryJob; readonly found: MemoryFigures }
  readonly overload: { readonly job: OverloadJob; readonly found: OverloadFigures }
}

type AsideJob = {
  readonly [K in keyof AsideJobs]: { readonly kind: K; readonly job: AsideJobs[K]['job'] }
}[keyof AsideJobs]

function measured(asked: AsideJob): Promise<object> {
  return asked.kind === 'memory' ? measureMemory(asked.job) : measureOverload(asked.job)
}

/** Waits for one job, does it, answers and ends. */
export function beAsideChild(): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (asked: AsideJob) => {
    measured(asked)
      .catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
      .then((answer) => process.send?.(answer, () => process.disconnect()))
  })
}

/**
 * Measures in a process of its own, whose objects may take so many MiB where that is said. Rejects with what it says
 * when it fails, or when it dies.
 */
export function asideInChild<K extends keyof AsideJobs>(
  kind: K,
  job: AsideJobs[K]['job'],
  { entry, heapMiB }: { readonly entry: Entry; readonly heapMiB?: number },
): Promise<AsideJobs[K]['found']> {
  const child = forkEntry(entry, asideArgument, heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`])
  return new Promise((resolve, reject) => {
    child.on('message', (answer: AsideJobs[K]['found'] | string) => {
      if (typeof answer === 'string') reject(new Error(answer))
      else resolve(answer)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => reject(new Error(`its process ended with ${code ?? signal}`)))
    child.send({ kind, job })
  })
}
