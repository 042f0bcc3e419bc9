import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

export interface Killing {
  /** A bundled program. */
  readonly script: string
  readonly args: readonly string[]
  /** The file that it writes lines into; its last argument. */
  readonly told: string
  /** How many lines it has told before it is killed, and how many milliseconds later. */
  readonly afterLines: number
  readonly delayMs: number
}

const lookEveryMs = 3

/** Starts a program, kills it with SIGKILL at its moment, and answers with the lines that it told. */
export async function killedProcess({ script, args, told, afterLines, delayMs }: Killing): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, ...args, told], { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)))
  try {
    while (child.exitCode === null && linesIn(told) < afterLines) await pause(lookEveryMs)
    await pause(delayMs)
  } finally {
    child.kill('SIGKILL')
  }
  if ((await ended) !== 'SIGKILL') throw new Error(`the writer ended by itself: ${Buffer.concat(errors).toString()}`)
  const lines = (await readFile(told, 'utf8')).split('\n')
  rmSync(told)
  return lines
}

function linesIn(told: string): number {
  try {
    return readFileSync(told).filter((byte) => byte === 0x0a).length
  } catch {
    return 0
  }
}
