import { type ChildProcess, spawn } from 'node:child_process'
import type { Retention } from '../../src/index.ts'

/** What a loaded writer is told. */
export interface LoadedWriter {
  readonly dir: string
  /** The file that it tells of itself in. */
  readonly told: string
  readonly callers: number
  readonly seed: number
  readonly retention: Retention
  /** After so many spells of load it ends by itself; absent: never. */
  readonly rounds?: number
}

/** A writer in a process of its own. */
export interface Loading {
  readonly process: ChildProcess
  /** Kills it with SIGKILL and waits until it is gone; rejects when it had ended by itself. */
  kill(): Promise<void>
  isRunning(): boolean
}

export function startLoading(script: string, writer: LoadedWriter): Loading {
  const child = spawn(process.execPath, [script, JSON.stringify(writer)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)))
  const ownEnd = (): Error => new Error(`the writer ended by itself: ${Buffer.concat(errors)}`)
  return {
    process: child,
    async kill() {
      child.kill('SIGKILL')
      if ((await closed) !== 'SIGKILL') throw ownEnd()
    },
    isRunning: () => child.exitCode === null,
  }
}
