import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { root } from '../../scripts/workspace.mjs'
import { addedUp, countsTable, type RigEnd } from './counts-table.ts'

/** Where a run of all tests leaves its counts, for `npm run reliability`. */
export const lastCountsPath = (scale: string): string => join(root, 'node_modules', `.stateward-counts-${scale}.json`)

/** Prints what the rigs of a run counted, as a table; a run of everything also leaves the counts in a file. */
export class RigReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ends = modules.flatMap((module) => [...module.children.allTests()].flatMap((test) => endOf(test)))
    if (ends.length === 0) return
    const sums = addedUp(ends)
    const notes = ends.flatMap((end) => end.notes)
    process.stdout.write(`\n${[...countsTable(sums), ...notes.map((line) => `  ${line}`)].join('\n')}\n`)
    if (process.env.STATEWARD_TEST_COUNTS === undefined) return
    const scale = process.env.STATEWARD_TEST_SCALE ?? 'every'
    const node = process.version
    const date = new Date().toISOString().slice(0, 10)
    writeFileSync(lastCountsPath(scale), JSON.stringify({ node, date, counts: Object.fromEntries(sums) }))
  }
}

function endOf(test: ReturnType<TestModule['children']['allTests']> extends Iterable<infer T> ? T : never): RigEnd[] {
  const { rig } = test.meta()
  if (rig === undefined) return []
  const { state } = test.result()
  return [{ ...rig, ms: test.diagnostic()?.duration ?? 0, state: state === 'pending' ? 'skipped' : state }]
}
