import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Load } from './load.ts'

export interface Ending {
  /** The bundled program. */
  readonly script: string
  readonly dir: string
  readonly load: Load
  /** How many lines it has told before it gets its signal, and how many milliseconds later. */
  readonly afterLines: number
  readonly delayMs: number
  /** Milliseconds from one signal to the next. */
  readonly again: readonly number[]
}

/** What a process said and how it ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly sent: ReadonlySet<string>
  readonly acknowledged: ReadonlySet<string>
  /** By number, the code of the refusal. */
  readonly refused: ReadonlyMap<string, string>
  readonly reports: readonly {
    readonly clean: boolean
    readonly phases: readonly { readonly name: string; readonly outcome: string }[]
  }[]
  /** Calls that were never settled. */
  readonly unsettled: number
  readonly errors: string
}

const lookEveryMs = 5

/** Starts a process under load, tells it to end at its moment, and answers with what it said. */
export async function endedProcess({ script, dir, load, afterLines, delayMs, again }: Ending): Promise<Ended> {
  const told = `${dir}.told`
  const child = spawn(process.execPath, [script, dir, told, JSON.stringify(load)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  try {
    while (child.exitCode === null && linesOf(told).length <= afterLines) await pause(lookEveryMs)
    await pause(delayMs)
    child.kill('SIGTERM')
    for (const ms of again) {
      await pause(ms)
      child.kill('SIGTERM')
    }
    const exitCode = await ended
    return { exitCode, errors: Buffer.concat(errors).toString(), ...saidIn(linesOf(told)) }
  } finally {
    child.kill('SIGKILL')
  }
}

function saidIn(lines: readonly string[]): Omit<Ended, 'exitCode' | 'errors'> {
  const after = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  return {
    sent: new Set(after('s')),
    acknowledged: new Set(after('a')),
    refused: new Map(
      after('r').map((rest) => {
        const [n = '', code = ''] = rest.split(' ')
        return [n, code]
      }),
    ),
    reports: after('report').map((json) => JSON.parse(json)),
    unsettled: Number(after('exit')[0] ?? Number.NaN),
  }
}

function linesOf(told: string): readonly string[] {
  try {
    return readFileSync(told, 'utf8').split('\n')
  } catch {
    return []
  }
}
