import type { ChangesAsk, RecordChange } from './feed.ts'
import type { LiveUpdate, RelatedRow } from './live.ts'
import type { AggregateAsk, AggregateRow, Query } from './query.ts'

/** Everything that is told again and again, until whoever asked has had enough: what is asked, and one item of what comes. */
export interface Watching {
  /**
   * Changes of records, commit by commit, in the order of seq: first those that are there, then those that come. None is
   * told twice or passed over in silence: what retention has let go of is `TRIMMED`, what is lost is said in `lostBefore`.
   * An item holds at least one change, of one commit or several; all that a feed tells of a commit stand in one item.
   */
  changes: { ask: ChangesAsk; item: readonly RecordChange[] }
  /**
   * The result of a query, then what becomes different in it, commit group by commit group: keeping it up costs by the
   * change, not by the result. The result, and with a limit somewhat more, is held in memory: one that has more than
   * `limits.liveRows` rows is `TOO_LARGE`, at once or when it grows so far. `cursor`, `snapshot` and `asOf` are `INVALID`, and so is
   * `include`, which `liveRelated` is for.
   */
  live: { ask: Query; item: LiveUpdate }
  /**
   * The same of a query with `include`: a row changes, too, when a record changes, comes or goes that it leads to. At most
   * `limits.liveRows` of those.
   */
  liveRelated: { ask: Query; item: LiveUpdate<RelatedRow> }
  /**
   * Measures of what matches, and then the groups in which they become different. No row is held, and a change costs by itself,
   * however many match; where the 256 least (or most) values of a `min` (or `max`) have all gone, what matches is read once more.
   * `limit`, `orderBy` and `include` are `INVALID`; more than `limits.liveRows` groups are `TOO_LARGE`, and beside a writer of
   * another process more than as many values in a group of a `min` or `max`.
   */
  liveAggregate: { ask: AggregateAsk; item: LiveUpdate<AggregateRow> }
}

export type WatchKind = keyof Watching
