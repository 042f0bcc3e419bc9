import type { Entry } from '../run/entry.ts'
import { forkEntry } from '../run/fork-entry.ts'
import { type MemoryFigures, type MemoryJob, measureMemory } from './measure-memory.ts'

/** The argument that makes this program one whose memory is measured. */
export const memoryArgument = '--memory-child'

/** Waits for one job, does it, answers and ends. */
export function beMemoryChild(): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (job: MemoryJob) => {
    measureMemory(job)
      .catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
      .then((answer) => process.send?.(answer, () => process.disconnect()))
  })
}

/** Measures in a process of its own. Rejects with what it says when it fails, or when it dies. */
export function memoryInChild(job: MemoryJob, entry: Entry): Promise<MemoryFigures> {
  const child = forkEntry(entry, memoryArgument)
  return new Promise((resolve, reject) => {
    child.on('message', (answer: MemoryFigures | string) => {
      if (typeof answer === 'string') reject(new Error(answer))
      else resolve(answer)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => reject(new Error(`its process ended with ${code ?? signal}`)))
    child.send(job)
  })
}
