import type { Job, Outcome } from './job.ts'
import type { Row } from './row.ts'
import { reasonOf } from './run-job.ts'
import { type KillWriter, Stores } from './stores.ts'
import type { Turn } from './turns.ts'

export interface RunOptions {
  readonly seed: number
  readonly timing: Job['timing']
  /** An existing directory for the stores, on the disk that is meant. */
  readonly dir: string
  readonly run: (job: Job) => Promise<readonly Outcome[]>
  readonly killWriter: KillWriter
  /** Told before each turn. */
  readonly onTurn?: (turn: Turn, at: number) => void
}

/** Takes the turns one after the other. Stores are removed as soon as nobody needs them. */
export async function runTurns(turns: readonly Turn[], options: RunOptions): Promise<readonly Row[]> {
  const stores = new Stores(options.dir, options.killWriter)
  const rows: Row[] = []
  for (const [at, turn] of turns.entries()) {
    options.onTurn?.(turn, at)
    const outcomes = await outcomesOf(turn, stores, options)
    rows.push(...outcomes.map((outcome) => ({ ...placeOf(turn), ...outcome })))
    if (turns[at + 1]?.size !== turn.size) await stores.clear()
  }
  return rows
}

async function outcomesOf(turn: Turn, stores: Stores, { seed, timing, run }: RunOptions): Promise<readonly Outcome[]> {
  const workloads = turn.workloads.map(({ id }) => id)
  // A fresh store's few records are the workload's affair.
  const size = Math.max(1, turn.size)
  try {
    const job = await stores.prepare(turn, { contender: turn.contender.name, workloads, size, seed, timing })
    const outcomes = await run(job)
    await stores.release(turn, job.dir)
    return outcomes
  } catch (error) {
    return workloads.map((workload) => ({ workload, failure: reasonOf(error) }))
  }
}

function placeOf({ size, contender, round }: Turn): Pick<Row, 'size' | 'contender' | 'round'> {
  return { size, contender: contender.name, round }
}
