import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromWriter, ToWriter, WriterOrders } from './messages.ts'

/** How a writer ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Writer {
  readonly pid: number
  tell(message: ToWriter): void
  /** SIGKILL, to this one process: it cannot finish, flush or close anything. */
  kill(): void
  /** Settles when the process has ended and everything it told has been heard. */
  readonly ended: Promise<Ended>
}

/** Starts a writer as a process of its own, with the loader that runs this one. */
export function startWriter(orders: WriterOrders, heard: (message: FromWriter) => void): Writer {
  const source = new URL('writer.ts', import.meta.url)
  // Beside this file, and compiled where this one is.
  const file = fileURLToPath(import.meta.url.endsWith('.ts') ? source : new URL('writer.mjs', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, file, JSON.stringify(orders)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', (message) => heard(message as FromWriter))
  const ended = new Promise<Ended>((resolve, reject) => {
    let isGone: Ended | undefined
    // Its last words may still be in the pipe when the process is gone.
    const settle = (): void => {
      if (isGone !== undefined && !child.connected) resolve(isGone)
    }
    child.once('error', reject)
    child.once('disconnect', settle)
    child.once('exit', (code, signal) => {
      isGone = { code, signal }
      settle()
    })
  })
  return {
    pid: child.pid ?? -1,
    tell: (message) => child.send(message),
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
