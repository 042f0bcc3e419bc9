import { spawn } from 'node:child_process'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
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
  const count = new LineCount(told)
  try {
    while (child.exitCode === null && count.look() < afterLines) await pause(lookEveryMs)
    await pause(delayMs)
  } finally {
    child.kill('SIGKILL')
    count.close()
  }
  if ((await ended) !== 'SIGKILL') throw new Error(`the writer ended by itself: ${Buffer.concat(errors).toString()}`)
  const lines = (await readFile(told, 'utf8')).split('\n')
  rmSync(told)
  return lines
}

/** How many lines a file has that grows: each look reads what is new. */
class LineCount {
  readonly #path: string
  readonly #chunk = Buffer.allocUnsafe(65_536)
  #file: number | undefined
  #bytes = 0
  #lines = 0

  constructor(path: string) {
    this.#path = path
  }

  look(): number {
    try {
      this.#file ??= openSync(this.#path, 'r')
    } catch {
      return 0
    }
    const found = this.#chunk.subarray(0, readSync(this.#file, this.#chunk, 0, this.#chunk.length, this.#bytes))
    this.#bytes += found.length
    for (let at = found.indexOf(0x0a); at >= 0; at = found.indexOf(0x0a, at + 1)) this.#lines++
    return this.#lines
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }
}
