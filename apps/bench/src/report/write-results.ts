import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../run/row.ts'
import { historyLine } from './history-line.ts'
import { markdown, type Report } from './markdown.ts'

/** Writes the report and every row of every round; answers with the paths. */
export function writeResults(folder: string, report: Report, rows: readonly Row[]): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const paths = { markdown: join(folder, 'latest.md'), json: join(folder, 'latest.json') }
  writeFileSync(paths.markdown, markdown(report))
  writeFileSync(paths.json, `${JSON.stringify({ ...report.surroundings, rounds: report.rounds, rows }, null, 2)}\n`)
  return [paths.markdown, paths.json]
}

/** Adds one line to the history that is kept in the repository; answers with its path. */
export function addToHistory(folder: string, report: Report): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'history.jsonl')
  appendFileSync(path, `${historyLine(report)}\n`)
  return path
}
