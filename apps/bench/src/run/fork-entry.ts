import { type ChildProcess, fork } from 'node:child_process'
import type { Entry } from './entry.ts'

/** Starts this program as one that is told by message what to do. */
export function forkEntry(entry: Entry, argument: string, execArgv: readonly string[] = []): ChildProcess {
  return fork(entry.path, [argument], {
    execArgv: [...entry.execArgv, ...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}
