import type { ChangesAsk, RecordChange } from './feed.ts'
import type { LiveUpdate } from './live.ts'
import type { Query } from './query.ts'

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
   * `limits.liveRows` rows is `TOO_LARGE`, at once or when it grows so far. `cursor`, `snapshot` and `asOf` are `INVALID`.
   */
  live: { ask: Query; item: LiveUpdate }
}

export type WatchKind = keyof Watching
