import {
  type Entity,
  limits,
  type Query,
  type QueryAnswer,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { compileOrder, compilePredicate, encodeCursor, LiveWindow, liveDifference } from '@stateward/query'
import { asRefusal } from '../validation/check.ts'
import type { LiveResult } from './live-reader.ts'
import type { LiveConsumer, LiveWatcher, SeenChange } from './live-watcher.ts'
import { NewestReading } from './newest-reading.ts'

/** How a live query looks into the state. */
export interface LiveSource {
  readonly entity: Entity
  /** Rows as of the newest commit, when all of it is soon found in memory; else `undefined`. */
  readonly now: (query: Query) => QueryAnswer | undefined
  readonly later: (query: Query) => Promise<QueryAnswer>
}

interface Taken {
  readonly seq: Seq
  readonly id: string
  readonly after: StoredRecord | undefined
}

const leastReserve = 16

/** One query that is kept up, for all who read it. */
export class LiveQuery implements LiveWatcher, LiveResult {
  readonly readers: Set<LiveConsumer> = new Set()
  readonly query: Query
  readonly #source: LiveSource
  readonly #onFailure: () => void
  #window: LiveWindow | undefined
  #seq: Seq = 0
  /** Changes since the reading that is under way began. */
  #backlog: Taken[] = []
  /** Counts the readings of the whole result; only what the last one finds counts. */
  readonly #reading = new NewestReading()
  #isLoading = false

  constructor(query: Query, source: LiveSource, onFailure: () => void) {
    this.query = query
    this.#source = source
    this.#onFailure = onFailure
  }

  get seq(): Seq {
    return this.#seq
  }

  get rows(): readonly StoredRecord[] | undefined {
    return this.#window?.rows
  }

  /** Whether the rows are not those of the newest commit, because they are being read. */
  get isLoading(): boolean {
    return this.#isLoading
  }

  /** Where a row stands in the result; -1 where it is not in it. */
  placeOf(id: string): number {
    return this.#window?.placeOf(id) ?? -1
  }

  /** The row at a place of the result. */
  rowAt(at: number): StoredRecord | undefined {
    return this.#window?.rowAt(at)
  }

  take(seq: Seq, { change: { id }, after }: SeenChange): void {
    if (!this.#isLoading) {
      this.#window?.take(id, after)
      return
    }
    this.#backlog.push({ seq, id, after })
    // It would hold more than it is worth: what is being read is read again.
    if (this.#backlog.length > limits.liveRows) this.load()
  }

  settle(seq: Seq): void {
    const window = this.#window
    if (this.#isLoading || window === undefined) return
    if (window.missing > 0 && !this.#refill(window)) this.load()
    else if (this.query.limit === undefined && window.size > limits.liveRows) this.fail(tooManyLive(this.query))
    else {
      this.#seq = seq
      this.#tell(window.drain())
    }
  }

  load(): void {
    this.#isLoading = true
    this.#backlog = []
    const { query } = this
    this.#reading.begin(
      this.#source.later(wantedOf(query, limitOf(query) + reserveOf(query))),
      (answer) => this.#loaded(answer),
      (error) => this.fail(error),
    )
  }

  fail(error?: StatewardError): void {
    this.#reading.forget()
    for (const reader of this.readers) reader.end(error)
    this.#onFailure()
  }

  #loaded({ rows, cursor, seq }: QueryAnswer): void {
    try {
      const before = this.#window
      const { query } = this
      const { entity } = this.#source
      if (query.limit === undefined && cursor !== undefined) throw tooManyLive(query)
      const window = new LiveWindow(
        {
          compare: compileOrder(query.orderBy, entity),
          matches: query.where === undefined ? undefined : compilePredicate(query.where, entity),
          limit: query.limit ?? Number.POSITIVE_INFINITY,
          reserve: reserveOf(query),
        },
        rows,
        cursor === undefined,
      )
      this.#seq = seq
      for (const change of this.#backlog) {
        if (change.seq <= seq) continue
        window.take(change.id, change.after)
        this.#seq = change.seq
      }
      this.#backlog = []
      if (window.missing > 0) {
        this.load()
        return
      }
      window.drain()
      this.#window = window
      this.#isLoading = false
      if (before === undefined) for (const reader of this.readers) reader.ready()
      else {
        this.#tell(liveDifference(before.rows, window.rows))
        // Who waits for the rows to be those of the newest commit hears of it also where none is different.
        for (const reader of this.readers) reader.ready()
      }
    } catch (error) {
      this.fail(asRefusal(error))
    }
  }

  /** Fetches rows behind the last one, if that can be done at once. */
  #refill(window: LiveWindow): boolean {
    const { last, missing } = window
    const query = wantedOf(this.query, missing)
    const answer = this.#source.now(
      last === undefined ? query : { ...query, cursor: encodeCursor(query, last, this.#source.entity) },
    )
    if (answer === undefined) return false
    window.refill(answer.rows, answer.cursor === undefined)
    return true
  }

  #tell(changes: ReturnType<LiveWindow['drain']>): void {
    if (changes.length === 0) return
    const update = Object.freeze({ kind: 'changes', seq: this.#seq, changes: Object.freeze(changes) })
    for (const reader of this.readers) reader.tell(update)
  }
}

function wantedOf(query: Query, limit: number): Query {
  return { ...query, limit }
}

function limitOf({ limit = limits.liveRows }: Query): number {
  return limit
}

/** As many again, so that a result whose rows come and go is seldom short of some. */
function reserveOf({ limit }: Query): number {
  return limit === undefined ? 0 : Math.max(leastReserve, Math.min(limit, limits.liveRows - limit))
}

/** What a live query of more rows than it may have is told. */
export function tooManyLive({ type }: Query): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a live query of ${type} with at most ${limits.liveRows} rows, found more; give it a limit, or a narrower filter`,
    { details: { type, most: limits.liveRows } },
  )
}
