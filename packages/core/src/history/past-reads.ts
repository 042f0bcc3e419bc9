import type {
  AskOptions,
  DiffAsk,
  DiffPage,
  Domain,
  LogReader,
  Moment,
  Seq,
  StoredRecord,
  UndoAsk,
} from '@stateward/contract'
import type { Write } from '../deciding/write.ts'
import type { Environment } from '../scheduling/environment.ts'
import type { Live, LiveType } from '../state/live.ts'
import { readOne } from '../state/read-records.ts'
import { LiveView } from '../state/read-view.ts'
import { invalid } from '../validation/check.ts'
import { diffPage } from './diff.ts'
import type { HistoryIndex } from './history-index.ts'
import { Moments } from './moments.ts'
import { indexedRecord, type RecordAt } from './past-record.ts'
import { type PastState, PastStates } from './past-states.ts'
import { type UndoOptions, undoWrite } from './undo.ts'

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

  async diff({ from, to, after }: DiffAsk, { signal }: AskOptions): Promise<DiffPage> {
    return this.#held(async () => {
      const { reader, index, domain } = this.#options
      const moments = { from: await this.#moments.checked(from, 'from'), to: await this.#moments.checked(to, 'to') }
      const start = after === undefined ? from : await this.#moments.checked(after, 'after')
      if (from > to || start < from)
        throw invalid(`expected from, after and to in the order of the log, found ${from}, ${start} and ${to}`)
      const isKnown = (type: string): boolean => Object.hasOwn(domain.entities, type)
      return diffPage(reader, index, { ...moments, after: start, isKnown, recordAt: this.#recordAt, signal })
    })
  }

  /** The write that undoes a commit. */
  async undo(body: UndoAsk, check: UndoOptions['check']): Promise<Write> {
    return this.#held(async () => {
      const seq = await this.#moments.checked(body.seq, 'seq')
      if (seq === 0) throw invalid('expected seq to be that of a commit, found 0')
      if (seq <= (await this.#moments.oldest())) throw await this.#moments.trimmed(`seq ${seq}`)
      return undoWrite({ ...body, seq }, { ...this.#options, recordAt: this.#recordAt, check })
    })
  }

  /** What has not changed since is read as it is now. */
  async #get(type: LiveType, id: string, seq: Seq): Promise<StoredRecord | undefined> {
    const { live } = this.#options
    const slot = type.rows.slotOf(id)
    const changedAt = slot === undefined ? type.rows.tombstones.get(id)?.seq : type.rows.seq(slot)
    if (changedAt === undefined) return undefined
    if (changedAt <= seq) return readOne(new LiveView(live), type, id)
    return this.#recordAt({ type: type.name, id, seq })
  }

  /** By the index; of what is older than all that it knows, by the state of that moment, as a query finds it. */
  readonly #recordAt: RecordAt = async (of) => {
    const { live, reader, index } = this.#options
    const found = await indexedRecord(reader, index, of)
    if (found.isKnown) return found.record
    if (!live.types.has(of.type)) return undefined
    return this.#states.using(of.seq, async ({ view }) => {
      const type = view.live.types.get(of.type)
      return type === undefined ? undefined : readOne(view, type, of.id)
    })
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
