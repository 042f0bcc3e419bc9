import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface LogLines {
  readonly file: string
  readonly lines: readonly string[]
}

/** The last commits of the newest segment that holds any, as they stand in the file, cut to the width. */
export async function lastLines(dir: string, count: number, columns: number): Promise<LogLines> {
  const names = (await readdir(dir)).filter((name) => name.startsWith('log-')).sort()
  for (const file of names.reverse()) {
    const all = (await readFile(join(dir, file), 'utf8')).split('\n')
    const commits = all.filter((line) => line !== '' && !line.startsWith('{"type":"$')).slice(-count)
    if (commits.length > 0) return { file, lines: commits.map((line) => cut(line, columns)) }
  }
  return { file: '', lines: [] }
}

function cut(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, columns - 1)}…` : line
}
