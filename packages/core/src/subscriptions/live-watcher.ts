import type { LiveUpdate, Query, Seq, StatewardError, StoredRecord } from '@stateward/contract'
import type { DecidedChange } from '../records/draft.ts'

/** What a watcher sees of a change. */
export type SeenChange = Pick<DecidedChange, 'before' | 'after'> & { readonly change: { readonly id: string } }

/** Something that is kept up from the changes that may matter to its query. */
export interface LiveWatcher {
  readonly query: Query
  /** Takes in one change of a commit; `settle` comes behind the last of the group. */
  take(seq: Seq, change: SeenChange): void
  /** All of a group of commits has been taken in, and the state is as of this one. */
  settle(seq: Seq): void
  /** Reads all of it, once more if need be, and tells what is different in it. */
  load(): void
  fail(error?: StatewardError): void
}

/** Whoever is told of the rows of a live query. */
export interface LiveConsumer<R = StoredRecord> {
  /** The result is known, or known anew. */
  ready(): void
  tell(update: Extract<LiveUpdate<R>, { kind: 'changes' }>): void
  end(error?: StatewardError): void
}
