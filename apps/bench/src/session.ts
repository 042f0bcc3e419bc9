import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenContext, OpenStore, Store } from './contender.ts'
import type { DataSet } from './data/data-set.ts'
import type { Timing } from './measure/timing.ts'

export interface SessionOptions {
  readonly opener: OpenStore
  readonly dir: string
  readonly data: DataSet
  readonly timing: Timing
  /** Whether its answers can be right: an adapter that does nothing has none. */
  readonly answers: boolean
  /** Whether what was written is there after closing and opening. */
  readonly reopens: boolean
  /** In the directory, where there is one: what only makes opening faster. */
  readonly cacheFolder?: string
  /** Numbers of the new items whose acknowledgement was heard from the process that was killed in this directory. */
  readonly acknowledged?: readonly number[]
}

/** One contender in one directory, with at most one open store. */
export class Session {
  readonly data: DataSet
  readonly timing: Timing
  readonly answers: boolean
  readonly reopens: boolean
  readonly acknowledged: readonly number[]
  readonly #options: SessionOptions
  #store: Store | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.data = options.data
    this.timing = options.timing
    this.answers = options.answers
    this.reopens = options.reopens
    this.acknowledged = options.acknowledged ?? []
  }

  /** Where the store is. */
  get dir(): string {
    return this.#options.dir
  }

  /** Before it is opened: nobody has left anything that makes it faster. */
  async removeCache(): Promise<void> {
    const { dir, cacheFolder } = this.#options
    if (cacheFolder !== undefined) await rm(join(dir, cacheFolder), { recursive: true })
  }

  /** The open store; opened when it is not, so as the limits say. */
  async open(limits: Pick<OpenContext, 'segmentBytes' | 'cacheBytes' | 'keeps'> = {}): Promise<Store> {
    const { opener, dir, data } = this.#options
    this.#store ??= await opener(dir, { size: data.size, seed: data.seed, ...limits })
    return this.#store
  }

  /** Another store in a folder of its own, which is the caller's to close; its log is left as it grows. */
  async openBeside(folder: string, limits: Pick<OpenContext, 'segmentBytes' | 'oneMoreIndex'>): Promise<Store> {
    const { opener, dir, data } = this.#options
    const beside = join(dir, folder)
    await mkdir(beside, { recursive: true })
    return opener(beside, { size: data.size, seed: data.seed, ...limits })
  }

  async close(): Promise<void> {
    const store = this.#store
    this.#store = undefined
    await store?.close()
  }
}
