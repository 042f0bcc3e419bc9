import {
  type Domain,
  type LiveUpdate,
  limits,
  type Query,
  type QueryAnswer,
  type RecordChange,
  StatewardError,
} from '@stateward/contract'
import { compileOrder, compilePredicate, LiveWindow } from '@stateward/query'
import { checkedEntity } from './check.ts'
import { tooManyLive } from './live-query.ts'
import { checkedFeed, type FeedSource, watchChanges } from './watch-changes.ts'

export interface LiveBesideOptions {
  readonly domain: Domain
  /** Rows as of one moment, which the changes go on from. */
  readonly rows: (query: Query) => Promise<QueryAnswer>
  readonly source: FeedSource
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

/** What the change has left; `CORRUPT` where nobody can tell, for a result that may be wrong is none. */
function afterOf({ seq, type, id, op, after, lostBefore }: RecordChange): RecordChange['after'] {
  const isKnown = op === 'delete' || after !== undefined
  if (isKnown && lostBefore === undefined) return after
  throw new StatewardError(
    'CORRUPT',
    `expected to know what commit ${seq} has left of ${type} ${id}, found that commits before it are lost; open the reader again`,
    { details: { seq, type, id } },
  )
}
