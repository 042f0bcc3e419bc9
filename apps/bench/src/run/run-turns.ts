import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job, Outcome } from './job.ts'
import type { Row } from './row.ts'
import type { Turn } from './turns.ts'

export interface RunOptions {
  readonly seed: number
  readonly timing: Job['timing']
  /** An existing directory for the stores, on the disk that is meant. */
  readonly dir: string
  readonly run: (job: Job) => Promise<readonly Outcome[]>
  /** Told before each turn. */
  readonly onTurn?: (turn: Turn, at: number) => void
}

/** Takes the turns one after the other. Stores are removed as soon as nobody needs them. */
export async function runTurns(turns: readonly Turn[], options: RunOptions): Promise<readonly Row[]> {
  const stores = new Stores(options.dir)
  const rows: Row[] = []
  for (const [at, turn] of turns.entries()) {
    options.onTurn?.(turn, at)
    const dir = await stores.prepare(turn)
    const outcomes = await options.run({
      contender: turn.contender.name,
      workloads: turn.workloads.map(({ id }) => id),
      // A fresh store's few records are the workload's affair.
      size: Math.max(1, turn.size),
      seed: options.seed,
      dir,
      timing: options.timing,
    })
    await stores.release(turn, dir)
    rows.push(...outcomes.map((outcome) => ({ ...placeOf(turn), ...outcome })))
    if (turns[at + 1]?.size !== turn.size) await stores.clear()
  }
  return rows
}

function placeOf({ size, contender, round }: Turn): Pick<Row, 'size' | 'contender' | 'round'> {
  return { size, contender: contender.name, round }
}

/** The directories: each turn's own, and one loaded store a contender. */
class Stores {
  readonly #dir: string
  #count = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  async prepare(turn: Turn): Promise<string> {
    const loaded = this.#loaded(turn)
    const keeps = turn.contender.abilities.includes('reopen')
    if (keeps && (turn.stage === 'loaded' || turn.stage === 'start')) return loaded
    const dir = join(this.#dir, `turn-${++this.#count}`)
    if (keeps && turn.stage === 'changed') await cp(loaded, dir, { recursive: true })
    else await mkdir(dir)
    return dir
  }

  async release(turn: Turn, dir: string): Promise<void> {
    const loaded = this.#loaded(turn)
    if (dir === loaded) return
    if (turn.stage !== 'load') return rm(dir, { recursive: true })
    await rm(loaded, { recursive: true, force: true })
    await rename(dir, loaded)
  }

  async clear(): Promise<void> {
    await rm(this.#dir, { recursive: true })
    await mkdir(this.#dir)
  }

  #loaded({ contender }: Turn): string {
    return join(this.#dir, `loaded-${contender.name}`)
  }
}
