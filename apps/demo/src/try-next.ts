import type { Palette } from './paint.ts'
import { quoted } from './quoted.ts'

export interface TryNextOptions {
  readonly dir: string
  readonly specId: string
  /** Some lines of the log. */
  readonly lines: readonly string[]
  readonly columns: number
  readonly paint: Palette
}

const idCharacters = 8
const headShare = 0.3

/** Where everything lies, how it looks there, and three commands that go on from here, at the root of the repository. */
export function tryNext({ dir, specId, lines, columns, paint }: TryNextOptions): string[] {
  return [
    '',
    paint.bold('Look at it'),
    `  cat ${quoted(`${dir}/`)}*.jsonl`,
    ...lines.map((line) => paint.dim(`  ${shortened(line, columns - 2)}`)),
    '',
    paint.bold('Try next'),
    ...commands(dir, specId).map((command) => `  ${command}`),
  ]
}

/** Each can be pasted into a shell. */
export function commands(dir: string, specId: string): string[] {
  const where = `--dir ${quoted(dir)}`
  return [
    `npx stateward list spec --order updated_at:desc --limit 10 ${where}`,
    `npx stateward history spec ${specId.slice(-idCharacters)} ${where}`,
    `npx stateward verify ${where}`,
  ]
}

/** Cut in the middle: a line begins with what it is and ends with what came of it. */
function shortened(line: string, columns: number): string {
  if (line.length <= columns) return line
  const head = Math.floor(columns * headShare)
  return `${line.slice(0, head)}…${line.slice(head + 1 - columns)}`
}
