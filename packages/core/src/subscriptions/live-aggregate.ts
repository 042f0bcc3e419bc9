import {
  type AggregateRow,
  type Entity,
  type Group,
  limits,
  type Query,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { type CheckedMeasure, compilePredicate, LiveGroups, type LiveGroupsOptions } from '@stateward/query'
import { asRefusal } from '../validation/check.ts'
import { groupDifference } from './group-difference.ts'
import type { LiveReader, LiveResult } from './live-reader.ts'
import type { LiveWatcher, SeenChange } from './live-watcher.ts'
import { NewestReading } from './newest-reading.ts'

/** An aggregate that was checked. */
export interface LiveAsk {
  readonly query: Query
  readonly by: string | undefined
  readonly measures: readonly CheckedMeasure[]
}

/** Everything that matches, as of one commit: counted where that is all that is asked, else its records. */
export type Matching =
  | { readonly seq: Seq; readonly groups: readonly Group[] }
  | { readonly seq: Seq; readonly rows: readonly StoredRecord[] }

export interface LiveAggregateSource {
  readonly entity: Entity
  readonly matching: (ask: LiveAsk) => Promise<Matching>
}

/** The groups of what matches, as they are before anything is taken in. `extremes`: how `min` and `max` are kept. */
export function groupsOf(
  { query, by, measures }: LiveAsk,
  entity: Entity,
  extremes: Pick<LiveGroupsOptions, 'extremes'> = {},
): LiveGroups {
  const matches = query.where === undefined ? undefined : compilePredicate(query.where, entity)
  return new LiveGroups({ entity, matches, by, measures, ...extremes })
}

/** Takes in all that matches. Throws `TOO_LARGE` for more groups than a live query may have. */
export function seeded(groups: LiveGroups, matching: Matching, type: string): LiveGroups {
  if ('groups' in matching) for (const { value, count } of matching.groups) groups.seed(value, count)
  else for (const row of matching.rows) groups.take(undefined, row)
  checkGroups(groups, type)
  return groups
}

/** Throws `TOO_LARGE` for more groups than a live query may have. */
export function checkGroups({ size }: LiveGroups, type: string): void {
  if (size <= limits.liveRows) return
  throw new StatewardError(
    'TOO_LARGE',
    `expected a live aggregate of ${type} with at most ${limits.liveRows} groups, found more; group by another field, or narrow the filter`,
    { details: { type, most: limits.liveRows } },
  )
}

/** One aggregate that is kept up, for all who read it. */
export class LiveAggregate implements LiveWatcher, LiveResult<AggregateRow> {
  readonly readers: Set<LiveReader<AggregateRow>> = new Set()
  readonly #ask: LiveAsk
  readonly #source: LiveAggregateSource
  readonly #onFailure: () => void
  #groups: LiveGroups | undefined
  #seq: Seq = 0
  /** Changes since the reading that is under way began. */
  #backlog: { readonly seq: Seq; readonly change: SeenChange }[] = []
  readonly #reading = new NewestReading()
  #isLoading = false

  constructor(ask: LiveAsk, source: LiveAggregateSource, onFailure: () => void) {
    this.#ask = ask
    this.#source = source
    this.#onFailure = onFailure
  }

  get query(): Query {
    return this.#ask.query
  }

  get seq(): Seq {
    return this.#seq
  }

  get rows(): readonly AggregateRow[] | undefined {
    return this.#groups?.rows
  }

  take(seq: Seq, change: SeenChange): void {
    if (!this.#isLoading) {
      this.#groups?.take(change.before, change.after)
      return
    }
    this.#backlog.push({ seq, change })
    // It would hold more than it is worth: what is being read is read again.
    if (this.#backlog.length > limits.liveRows) this.load()
  }

  settle(seq: Seq): void {
    const groups = this.#groups
    if (this.#isLoading || groups === undefined) return
    if (groups.isShort) {
      this.load()
      return
    }
    this.#seq = seq
    checkGroups(groups, this.query.type)
    this.#tell(groups.drain())
  }

  load(): void {
    this.#isLoading = true
    this.#backlog = []
    this.#reading.begin(
      this.#source.matching(this.#ask),
      (matching) => this.#loaded(matching),
      (error) => this.fail(error),
    )
  }

  fail(error?: StatewardError): void {
    this.#reading.forget()
    for (const reader of this.readers) reader.end(error)
    this.#onFailure()
  }

  #loaded(matching: Matching): void {
    try {
      const before = this.#groups?.rows
      const groups = seeded(groupsOf(this.#ask, this.#source.entity), matching, this.query.type)
      this.#seq = matching.seq
      for (const { seq, change } of this.#backlog) {
        if (seq <= matching.seq) continue
        groups.take(change.before, change.after)
        this.#seq = seq
      }
      this.#backlog = []
      if (groups.isShort) {
        this.load()
        return
      }
      groups.drain()
      this.#groups = groups
      this.#isLoading = false
      if (before === undefined) for (const reader of this.readers) reader.ready()
      else this.#tell(groupDifference(before, groups.rows))
    } catch (error) {
      this.fail(asRefusal(error))
    }
  }

  #tell(changes: ReturnType<LiveGroups['drain']>): void {
    if (changes.length === 0) return
    const update = Object.freeze({ kind: 'changes', seq: this.#seq, changes: Object.freeze(changes) })
    for (const reader of this.readers) reader.tell(update)
  }
}
