import type { Command } from 'commander'
import type { Session } from './session.ts'

/** What a command's registration is given. */
export interface Cli {
  readonly program: Command
  /** Runs a command; a number that `work` resolves with is the exit code, anything else stands for 0. */
  run(work: (session: Session) => Promise<unknown>): Promise<void>
}

/** Examples below a command's help: what to type, and what it does. */
export function examples(lines: readonly (readonly [line: string, what: string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length))
  // Long lines stand alone, so that the explanations of the others stay near.
  const column = Math.min(width, 52)
  const shown = lines.flatMap(([line, what]) =>
    line.length > column ? [`  $ ${line}`, `      ${what}`] : [`  $ ${line.padEnd(column)}  ${what}`],
  )
  return ['', 'Examples:', ...shown].join('\n')
}
