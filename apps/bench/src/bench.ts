import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Options } from './options.ts'
import { Progress } from './progress.ts'
import type { Report } from './report/markdown.ts'
import { groupsOf } from './report/summary.ts'
import { surroundingsOf } from './report/surroundings.ts'
import type { Entry } from './run/entry.ts'
import { killWriter } from './run/kill-writer.ts'
import { onSignal } from './run/on-signal.ts'
import type { Row } from './run/row.ts'
import { runInChild } from './run/run-in-child.ts'
import { runTurns } from './run/run-turns.ts'
import { turnsOf } from './run/turns.ts'

// Loading a million records into the slowest takes minutes; what takes longer than this hangs.
const turnTimeoutMs = 20 * 60_000

export interface Bench {
  readonly report: Report
  readonly rows: readonly Row[]
}

/** Takes all turns, each in a process of its own, below `dir`; removes what it wrote there. */
export async function bench(
  options: Options,
  { entry, dir }: { readonly entry: Entry; readonly dir: string },
): Promise<Bench> {
  const { workloads, contenders, rounds, timing, seed, profileDir } = options
  const turns = turnsOf(options)
  mkdirSync(dir, { recursive: true })
  if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true })
  const stores = mkdtempSync(join(dir, 'bench-'))
  const surroundings = surroundingsOf(stores, entry.kind, new Date())
  const progress = new Progress(turns.length, process.stderr, () => performance.now())
  const child = { entry, timeoutMs: turnTimeoutMs, ...(profileDir !== undefined && { profileDir }) }
  const cleanUp = (): void => {
    progress.end()
    rmSync(stores, { recursive: true, force: true })
  }
  const forgetSignals = onSignal(cleanUp)
  try {
    const rows = await runTurns(turns, {
      seed,
      timing,
      dir: stores,
      run: (job) => runInChild(job, child),
      killWriter: (job) => killWriter(job, child),
      onTurn: (turn, at) => progress.show(turn, at),
    })
    const asked = rows.filter((row) => workloads.some(({ id }) => id === row.workload))
    const report = {
      surroundings,
      contenders,
      groups: groupsOf(asked, workloads, contenders),
      rounds,
      runMs: timing.runMs,
    }
    return { report, rows: asked }
  } finally {
    forgetSignals()
    cleanUp()
  }
}
