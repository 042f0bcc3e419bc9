import {
  type AggregateRow,
  type Domain,
  type LiveUpdate,
  limits,
  type Query,
  type QueryAnswer,
  type RecordChange,
  StatewardError,
} from '@stateward/contract'
import { compileOrder, compilePredicate, LiveWindow } from '@stateward/query'
import { checkedEntity } from '../validation/check.ts'
import { checkGroups, groupsOf, type LiveAsk, type Matching, seeded } from './live-aggregate.ts'
import { tooManyLive } from './live-query.ts'
import { checkedFeed, type FeedSource, watchChanges } from './watch-changes.ts'

export interface LiveBesideOptions {
  readonly domain: Domain
  /** Rows as of one moment, which the changes go on from. */
  readonly rows: (query: Query) => Promise<QueryAnswer>
  readonly source: FeedSource
}

export interface LiveAggregateBesideOptions extends Pick<LiveBesideOptions, 'domain' | 'source'> {
  readonly matching: (ask: LiveAsk) => Promise<Matching>
}

/**
 * A live query on a log that another process writes: the result as of one moment, and from there on what the changes in the log
 * make different in it. There is no newer state to fetch a row from, so everything that matches is held, whatever the limit:
 * at most `limits.liveRows` rows. Who reads slowly reads on from the log, and misses nothing.
 */
export async function* liveBeside(
  query: Query,
  { domain, rows: rowsOf, source }: LiveBesideOptions,
): AsyncGenerator<LiveUpdate> {
  const { type, where, orderBy, limit = Number.POSITIVE_INFINITY } = query
  const entity = checkedEntity(domain, type)
  const { rows, cursor, seq } = await rowsOf({ ...query, limit: limits.liveRows })
  if (cursor !== undefined) throw tooManyLive(query)
  const matches = where === undefined ? undefined : compilePredicate(where, entity)
  const reserve = Number.POSITIVE_INFINITY
  const window = new LiveWindow({ compare: compileOrder(orderBy, entity), matches, limit, reserve }, rows, true)
  yield Object.freeze({ kind: 'rows', seq, rows: Object.freeze(window.rows) })
  const feed = checkedFeed(domain, { since: seq + 1, types: [type], ...(where === undefined ? {} : { where }) })
  for await (const changes of watchChanges(feed, source)) {
    for (const change of changes) window.take(change.id, afterOf(change))
    if (window.size > limits.liveRows) throw tooManyLive(query)
    const drained = window.drain()
    const last = changes.at(-1)?.seq ?? seq
    if (drained.length > 0) yield Object.freeze({ kind: 'changes', seq: last, changes: Object.freeze(drained) })
  }
}

/**
 * The same of an aggregate: what it is as of one moment, and from there on what the changes in the log make of it. The records that
 * match at the beginning are read once, where more than their number is asked, and none is held; of a `min` or `max` all values are, at
 * most `limits.liveRows` of a group (`TOO_LARGE`).
 */
export async function* liveAggregateBeside(
  ask: LiveAsk,
  { domain, matching, source }: LiveAggregateBesideOptions,
): AsyncGenerator<LiveUpdate<AggregateRow>> {
  const { type } = ask.query
  const found = await matching(ask)
  // Nothing newer can be read from here.
  const extremes = { reserve: limits.liveRows, isWhole: true }
  const groups = seeded(groupsOf(ask, checkedEntity(domain, type), { extremes }), found, type)
  groups.drain()
  yield Object.freeze({ kind: 'rows', seq: found.seq, rows: Object.freeze(groups.rows) })
  const feed = checkedFeed(domain, { since: found.seq + 1, types: [type] })
  for await (const changes of watchChanges(feed, source)) {
    for (const change of changes) groups.take(beforeOf(change), afterOf(change))
    checkGroups(groups, type)
    const drained = groups.drain()
    const last = changes.at(-1)?.seq ?? found.seq
    if (drained.length > 0) yield Object.freeze({ kind: 'changes', seq: last, changes: Object.freeze(drained) })
  }
}

/** What the change was made of; `CORRUPT` where nobody can tell. */
function beforeOf(change: RecordChange): RecordChange['before'] {
  if (change.incomplete === true) throw unknownChange(change)
  return change.before
}

/** What the change has left; `CORRUPT` where nobody can tell, for a result that may be wrong is none. */
function afterOf(change: RecordChange): RecordChange['after'] {
  const { op, after, lostBefore } = change
  if ((op === 'delete' || after !== undefined) && lostBefore === undefined) return after
  throw unknownChange(change)
}

function unknownChange({ seq, type, id }: RecordChange): StatewardError {
  return new StatewardError(
    'CORRUPT',
    `expected to know what commit ${seq} has made of ${type} ${id}, found that commits before it are lost; open the reader again`,
    { details: { seq, type, id } },
  )
}

/** Refuses what only the writer can tell. */
export function noRelated(): never {
  throw new StatewardError(
    'UNSUPPORTED',
    'expected a live query without include beside a writer of another process, found one; what rows come to lead to is known only to the writer',
  )
}
