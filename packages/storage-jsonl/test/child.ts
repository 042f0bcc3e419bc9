import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A writer in a process of its own, and the lines that it has printed. */
export interface Child {
  readonly process: ChildProcess
  readonly lines: string[]
  /** Resolves with the line when one that matches has been printed. */
  line(pattern: RegExp): Promise<string>
  /** Kills it and waits until it is gone. */
  kill(): Promise<void>
}

/** @param script `child-writer.ts` in one file */
export function startChild(script: string, dir: string, callers = 8): Child {
  const child = spawn(process.execPath, [script, dir, `${callers}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const lines: string[] = []
  const waiting: (() => void)[] = []
  const reading = createInterface({ input: child.stdout })
  reading.on('line', (line) => {
    lines.push(line)
    for (const look of waiting) look()
  })
  const drained = once(reading, 'close')
  return {
    process: child,
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line))
          if (found !== undefined) resolve(found)
        }
        waiting.push(look)
        child.once('exit', () => reject(new Error(`the child ended and never printed ${pattern}: ${lines.slice(-3)}`)))
        look()
      }),
    async kill() {
      child.kill('SIGKILL')
      await drained
    },
  }
}
