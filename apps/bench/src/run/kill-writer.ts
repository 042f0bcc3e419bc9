import { forkEntry } from './fork-entry.ts'
import type { Job } from './job.ts'
import type { ChildOptions } from './run-in-child.ts'
import { writerArgument } from './writer.ts'

/** So much of the store is written once more, one by one, before the kill: what an opening finds behind its checkpoint. */
const partOfRecords = 20

/**
 * Has a process fill a store and write on, and kills it with SIGKILL in the middle of that. The numbers of the new items
 * whose acknowledgement was heard. Rejects when the process ends by itself, or takes too long.
 */
export function killWriter(job: Job, { entry, timeoutMs }: ChildOptions): Promise<readonly number[]> {
  const child = forkEntry(entry, writerArgument)
  const enough = Math.ceil(job.size / partOfRecords)
  return new Promise((resolve, reject) => {
    const acknowledged: number[] = []
    let why = 'ended before it was killed'
    const timer = setTimeout(() => {
      why = `took longer than ${timeoutMs / 1000} s`
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('message', (message: number | string) => {
      if (typeof message === 'string') why = `failed: ${message}`
      else if (acknowledged.push(message) === enough) child.kill('SIGKILL')
    })
    child.on('error', () => undefined)
    child.on('close', () => {
      clearTimeout(timer)
      if (acknowledged.length >= enough) resolve(acknowledged)
      else reject(new Error(`the process to be killed ${why}`))
    })
    child.send(job)
  })
}
