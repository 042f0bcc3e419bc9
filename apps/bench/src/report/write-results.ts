import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../run/row.ts'
import { chart } from './chart.ts'
import { chartPath } from './chart-path.ts'
import { historyLine } from './history-line.ts'
import { markdown, type Report } from './markdown.ts'

/** Writes the report, a drawing of each workload, and every row of every round; answers with the paths. */
export function writeResults(folder: string, report: Report, rows: readonly Row[]): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const paths = { markdown: join(folder, 'latest.md'), json: join(folder, 'latest.json') }
  writeFileSync(paths.markdown, markdown(report))
  writeFileSync(paths.json, `${JSON.stringify({ ...report.surroundings, rounds: report.rounds, rows }, null, 2)}\n`)
  writeCharts(folder, report)
  return [paths.markdown, paths.json]
}

/** Those of the run before go: the report must not show what was not measured together. */
function writeCharts(folder: string, { groups }: Report): void {
  rmSync(join(folder, 'charts'), { recursive: true, force: true })
  mkdirSync(join(folder, 'charts'))
  for (const group of groups) {
    const drawing = chart(group)
    if (drawing !== undefined) writeFileSync(join(folder, chartPath(group)), drawing)
  }
}

/** Adds one line to the history that is kept in the repository; answers with its path. */
export function addToHistory(folder: string, report: Report): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'history.jsonl')
  appendFileSync(path, `${historyLine(report)}\n`)
  return path
}
