import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

export interface Told {
  readonly sent: ReadonlySet<number>
  readonly acknowledged: ReadonlySet<number>
  /** What it was at last. */
  readonly phase: string
}

export interface Killing {
  /** The bundled writer. */
  readonly script: string
  readonly dir: string
  readonly run: string
  /** How many lines it has told before it is killed, and how many milliseconds later. */
  readonly afterLines: number
  readonly delayMs: number
  readonly callers: number
}

const lookEveryMs = 3

/** Starts a writer on a directory, kills it with SIGKILL at its moment, and answers with what it told. */
export async function killedWriter({ script, dir, run, afterLines, delayMs, callers }: Killing): Promise<Told> {
  const told = `${dir}.${run}.told`
  const child = spawn(process.execPath, [script, dir, run, String(callers), told], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
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
  const numbers = (kind: string): Set<number> =>
    new Set(lines.filter((line) => line.startsWith(`${kind} `)).map((line) => Number(line.slice(2))))
  const phase = lines.findLast((line) => line.startsWith('p '))?.slice(2) ?? ''
  return { sent: numbers('s'), acknowledged: numbers('a'), phase }
}

function linesIn(told: string): number {
  try {
    return readFileSync(told).filter((byte) => byte === 0x0a).length
  } catch {
    return 0
  }
}
