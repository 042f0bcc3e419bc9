import type { ChangesAsk, RecordChange } from './feed.ts'

/** Everything that is told again and again, until whoever asked has had enough: what is asked, and one item of what comes. */
export interface Watching {
  /**
   * Changes of records, commit by commit, in the order of seq: first those that are there, then those that come. None is
   * told twice or passed over in silence: what retention has let go of is `TRIMMED`, what is lost is said in `lostBefore`.
   * An item holds at least one change, of one commit or several; all that a feed tells of a commit stand in one item.
   */
  changes: { ask: ChangesAsk; item: readonly RecordChange[] }
}

export type WatchKind = keyof Watching
