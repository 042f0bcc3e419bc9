import type { AskOptions, Domain, LogReader, Moment, Seq, StoredRecord } from '@stateward/contract'
import type { Environment } from './environment.ts'
import type { HistoryIndex } from './history-index.ts'
import type { Live, LiveType } from './live.ts'
import { Moments } from './moments.ts'
import { pastRecord } from './past-record.ts'
import { type PastState, PastStates } from './past-states.ts'
import { readOne } from './read-records.ts'
import { LiveView } from './read-view.ts'

export interface PastReadsOptions {
  readonly domain: Domain
  readonly live: Live
  readonly reader: LogReader
  readonly index: HistoryIndex
  readonly environment: Environment
}

/** Of the cache of a store, what a past state may take for its own. */
const partOfCache = 4
/** Records that one call reads at a time. */
const recordsPerRead = 64

/** Reads of the past: single records by the index of histories, queries on a state that is folded for them. */
export class PastReads {
  readonly #options: PastReadsOptions
  readonly #moments: Moments
  readonly #states: PastStates

  constructor(options: PastReadsOptions) {
    const { domain, live, reader, index, environment } = options
    this.#options = options
    this.#moments = new Moments({ reader, index, lastSeq: () => live.lastSeq, now: () => environment.clock.now() })
    const cacheBytes = Math.max(1, Math.floor(live.bodies.maxBytes / partOfCache))
    this.#states = new PastStates({ reader, domain, cacheBytes, breathe: environment.breathe })
  }

  find(body: { readonly seq?: unknown; readonly time?: unknown }): Promise<Moment> {
    return this.#moments.find(body)
  }

  async get(type: LiveType, id: string, asOf: unknown): Promise<StoredRecord | undefined> {
    return this.#held(async () => this.#get(type, id, await this.#moments.checked(asOf)))
  }

  async getMany(type: LiveType, ids: readonly string[], asOf: unknown): Promise<(StoredRecord | undefined)[]> {
    return this.#held(async () => {
      const seq = await this.#moments.checked(asOf)
      const records: (StoredRecord | undefined)[] = []
      for (let at = 0; at < ids.length; at += recordsPerRead)
        records.push(...(await Promise.all(ids.slice(at, at + recordsPerRead).map((id) => this.#get(type, id, seq)))))
      return records
    })
  }

  /** Runs a query on the state after this commit. */
  async using<T>(asOf: unknown, work: (state: PastState) => Promise<T>, { signal }: AskOptions): Promise<T> {
    return this.#held(async () => this.#states.using(await this.#moments.checked(asOf), work, signal))
  }

  /** What has not changed since is read as it is now. */
  async #get(type: LiveType, id: string, seq: Seq): Promise<StoredRecord | undefined> {
    const { live, reader, index } = this.#options
    const slot = type.rows.slotOf(id)
    const changedAt = slot === undefined ? type.rows.tombstones.get(id)?.seq : type.rows.seq(slot)
    if (changedAt === undefined) return undefined
    if (changedAt <= seq) return readOne(new LiveView(live), type, id)
    return pastRecord(reader, index, { type: type.name, id, seq })
  }

  /** The log lets go of nothing while it is read. */
  async #held<T>(read: () => Promise<T>): Promise<T> {
    const release = this.#options.live.bodies.hold()
    try {
      return await read()
    } finally {
      release()
    }
  }
}
