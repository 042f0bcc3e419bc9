import type { StoredRecord } from './json.ts'
import type { Violation } from './rule.ts'
import type { Seq } from './seq.ts'

/** What a commit makes of one record: `before` is absent for a new one, `after` for a deleted one. */
export interface HookedChange {
  readonly type: string
  readonly id: string
  /** The version that the commit makes. */
  readonly rev: number
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

/** A commit that is decided and not yet written. Frozen; the positions of cursors, which are the store's own, are not shown. */
export interface ProposedCommit {
  readonly timestamp: string
  readonly changes: readonly HookedChange[]
  readonly actor?: string
  readonly txid?: string
  /** Why guards were skipped. */
  readonly force?: string
}

/** A commit that is written, at the level that was asked for, and seen by every read. */
export interface DurableCommit extends ProposedCommit {
  readonly seq: Seq
}

/** Code of the application's own around every commit of a store that it has opened; none of it can break the store. */
export interface CommitHooks {
  /**
   * Judges a commit before it is written: answers with why it is refused, or throws a `StatewardError`, and then nothing of the
   * message is written, `details.hook` says `beforeCommit`, and no transaction is run again for it. Everything else it throws, and every
   * answer that is neither a `Violation` nor `undefined`, a promise included, is `INVALID`. Called within the one actor that
   * writes, so it must be short; it may look at `state.view`, and a write that it asks for before it returns is `INVALID`. May
   * be called more than once for a write, and for one that is not written in the end.
   */
  readonly beforeCommit?: (commit: ProposedCommit) => Violation | undefined
  /**
   * Hears of every commit that this opening has written, once, in the order of seq, when it is durable and every read sees it. Nobody
   * waits for what it answers; what it throws, or its promise rejects with, is told as the event `hook`. It may write. A
   * process that dies skips it: `state.cursor` is for what must not be missed.
   */
  readonly afterCommit?: (commit: DurableCommit) => unknown
}
