import { cp, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from './job.ts'
import { loaderOf, type Turn } from './turns.ts'

/** Has a process fill a store and kills it while it writes; the numbers of the new items that were acknowledged. */
export type KillWriter = (job: Job) => Promise<readonly number[]>

/** The directories: each turn's own, and one loaded and one killed store a contender. */
export class Stores {
  readonly #dir: string
  readonly #killWriter: KillWriter
  /** By directory. */
  readonly #acknowledged = new Map<string, readonly number[]>()
  #count = 0

  constructor(dir: string, killWriter: KillWriter) {
    this.#dir = dir
    this.#killWriter = killWriter
  }

  /** The job of the turn, in the directory that it is given. */
  async prepare(turn: Turn, job: Omit<Job, 'dir'>): Promise<Job> {
    const loaded = this.#loaded(turn)
    const keeps = turn.contender.abilities.includes('reopen')
    if (keeps && (turn.stage === 'loaded' || turn.stage === 'start')) return { ...job, dir: loaded }
    const dir = join(this.#dir, `turn-${++this.#count}`)
    if (turn.stage === 'killed') return { ...job, dir, acknowledged: await this.#copyKilled(turn, job, dir) }
    if (keeps && turn.stage === 'changed') await cp(loaded, dir, { recursive: true })
    else await mkdir(dir)
    return { ...job, dir }
  }

  async release(turn: Turn, dir: string): Promise<void> {
    const loaded = this.#loaded(turn)
    if (dir === loaded) return
    if (turn.stage !== 'load') return rm(dir, { recursive: true })
    await rm(loaded, { recursive: true, force: true })
    await rename(dir, loaded)
  }

  async clear(): Promise<void> {
    this.#acknowledged.clear()
    await rm(this.#dir, { recursive: true })
    await mkdir(this.#dir)
  }

  #loaded({ contender }: Turn): string {
    return join(this.#dir, `loaded-${loaderOf(contender).name}`)
  }

  /** One process is killed for all turns: nobody's luck at the kill is better than another's. */
  async #copyKilled({ contender }: Turn, job: Omit<Job, 'dir'>, to: string): Promise<readonly number[]> {
    const { name } = loaderOf(contender)
    const killed = join(this.#dir, `killed-${name}`)
    const before = this.#acknowledged.get(killed)
    if (before === undefined) {
      await rm(killed, { recursive: true, force: true })
      await mkdir(killed)
    }
    const acknowledged = before ?? (await this.#killWriter({ ...job, contender: name, dir: killed }))
    this.#acknowledged.set(killed, acknowledged)
    await cp(killed, to, { recursive: true })
    await syncAll(to)
    return acknowledged
  }
}

/** Otherwise the first sync of whoever opens the copy would pay for the copying. */
async function syncAll(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = await open(join(entry.parentPath, entry.name), 'r+')
    await file.sync().finally(() => file.close())
  }
}
