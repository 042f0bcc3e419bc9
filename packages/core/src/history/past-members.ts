import { type DiffOf, diff, type PastPoint, type PastState, pastState } from '@stateward/client'
import type { AskOptions, Domain, Endpoint, Seq, Transacted, UndoAsk } from '@stateward/contract'

/** What a store offers to whoever asks about its past. */
export interface PastMembers<D extends Domain> {
  /**
   * The state as of a moment: the seq of a commit, a `Date` or an RFC 3339 date-time. The reads of the store, on the past:
   * `(await state.asOf('2024-01-20T10:00:00Z')).plan.get(id)`. A time means the last commit, in the order of seq, whose time
   * is not behind it. `get` and `getMany` cost a few reads of the log, whatever its length; the first query of a moment folds
   * the log up to there. Rejects with `INVALID` (in the future, or no moment), `TRIMMED` (`details.oldestSeq`, `oldestTime`).
   */
  asOf(point: PastPoint, options?: AskOptions): Promise<PastState<D>>
  /**
   * What differs between two moments: each record that was created, updated or deleted, with its fields before and after, in
   * the order in which they were first changed. Asked for in pages; O(commits between), and a few reads a record.
   */
  diff(from: PastPoint, to: PastPoint, options?: AskOptions): AsyncIterable<DiffOf<D>>
  /**
   * Writes the inverse of a commit as a new commit, which can be undone in turn. `CONFLICT` (`details.records`) where a
   * record was changed since. The domain's rules are kept: where they forbid the way back, `force` with a `reason` skips guards and
   * the table of transitions, never references. `TRIMMED` where the commit is there no more.
   */
  undo(seq: Seq, options?: Omit<UndoAsk, 'seq'> & AskOptions): Promise<Transacted>
}

export function pastMembers<const D extends Domain>(endpoint: Endpoint, domain: D): PastMembers<D> {
  return {
    asOf: (point, asking) => pastState(endpoint, domain, point, { ...asking, inProcess: true }),
    diff: (from, to, asking) => diff<D>(endpoint, { from, to }, asking),
    undo(seq, { signal, timeoutMs, ...body } = {}) {
      const asking = { ...(signal && { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
      return endpoint.ask('undo', { ...body, seq }, asking)
    },
  }
}
