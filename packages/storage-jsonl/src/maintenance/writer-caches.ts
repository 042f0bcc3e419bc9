import type { CacheSaved, PutBytes, Seq, StoredCache, WritableCaches } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import type { GroupCommit } from '../appending/group-commit.ts'
import { aliveSegments, type CacheClaim, claimOf, type SummedTail } from '../caches/cache-claim.ts'
import { type CachesOptions, JsonlCaches } from '../caches/caches.ts'
import { saveCache } from '../caches/save-cache.ts'
import { closedError } from '../environment/append-errors.ts'
import type { Manifest } from '../format/manifest.ts'
import { cacheName } from '../format/segment-name.ts'
import type { LogSource } from '../manifest/log-source.ts'

export interface WriterCachesOptions extends CachesOptions {
  readonly source: LogSource & { readonly manifest: Manifest; readonly tail: SummedTail }
  readonly commits: Pick<GroupCommit, 'exclusive' | 'sync'>
  /** Says in the log how much of it is durable. */
  readonly prove: () => Promise<void>
  /** Aborts when the writer is closed: a cache that is being saved then is given up. */
  readonly closing: AbortSignal
}

/** The caches in a store's directory, for its writer. They are saved one after the other. */
export class WriterCaches implements WritableCaches {
  readonly #options: WriterCachesOptions
  readonly #stored: JsonlCaches
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: WriterCachesOptions) {
    this.#options = options
    this.#stored = new JsonlCaches(options)
  }

  load(name: string): Promise<StoredCache | undefined> {
    return this.#stored.load(name)
  }

  save(name: string, fill: (put: PutBytes) => Promise<Seq>, signal?: AbortSignal): Promise<CacheSaved> {
    const { environment, dir, source, closing } = this.#options
    if (closing.aborted) return Promise.reject(closedError())
    const either = signal === undefined ? closing : AbortSignal.any([signal, closing])
    const saved = this.#turn.then(() => {
      const alive = aliveSegments(source.manifest)
      const claim = (upTo: Seq): Promise<CacheClaim> => this.#claim(upTo)
      return saveCache(environment, { dir, file: cacheName(name), name, fill, alive, claim, signal: either })
    })
    this.#turn = saved.catch(() => {})
    return saved
  }

  /** Resolves when nothing is being saved any more. */
  async settled(): Promise<void> {
    await this.#turn
  }

  /** Only what is durable is claimed; a proof of it in the log lets the claim hold after a kill too. */
  async #claim(upTo: Seq): Promise<CacheClaim> {
    const { source, commits, prove } = this.#options
    const claim = await commits.exclusive(async () => {
      await commits.sync()
      return claimOf(source.manifest, source.tail, upTo)
    })
    if (upTo > source.tail.lastSeq) {
      throw new StatewardError(
        'INVALID',
        `a cache knows of commits up to ${source.tail.lastSeq}, got one up to ${upTo}.`,
      )
    }
    await prove()
    return claim
  }
}
