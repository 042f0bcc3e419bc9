import { killedProcess } from './killed-process.ts'

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

/** Starts a writer on a directory, kills it with SIGKILL at its moment, and answers with what it told. */
export async function killedWriter({ script, dir, run, callers, afterLines, delayMs }: Killing): Promise<Told> {
  const args = [dir, run, String(callers)]
  const lines = await killedProcess({ script, args, told: `${dir}.${run}.told`, afterLines, delayMs })
  const numbers = (kind: string): Set<number> =>
    new Set(lines.filter((line) => line.startsWith(`${kind} `)).map((line) => Number(line.slice(2))))
  const phase = lines.findLast((line) => line.startsWith('p '))?.slice(2) ?? ''
  return { sent: numbers('s'), acknowledged: numbers('a'), phase }
}
