import type { AggregateRow, LiveChange, LiveUpdate, Seq } from '@stateward/contract'

/** A number that is kept up. `seq` is the commit as of which it is. */
export interface LiveCount {
  readonly seq: Seq
  readonly count: number
}

/** The same updates, with what `rowOf` makes of each row. */
export async function* mappedUpdates<R>(
  updates: AsyncIterable<LiveUpdate<AggregateRow>>,
  rowOf: (row: AggregateRow) => R,
): AsyncGenerator<LiveUpdate<R>, void, undefined> {
  for await (const update of updates) {
    if (update.kind === 'rows') yield { ...update, rows: update.rows.map(rowOf) }
    else yield { ...update, changes: update.changes.map((change) => mapped(change, rowOf)) }
  }
}

/** What the one row is after each update. */
export async function* onlyRows<R>(
  updates: AsyncIterable<LiveUpdate<AggregateRow>>,
  rowOf: (row: AggregateRow, seq: Seq) => R,
): AsyncGenerator<R, void, undefined> {
  for await (const update of updates) {
    const last = update.kind === 'rows' ? update.rows[0] : recordIn(update.changes.at(-1))
    if (last !== undefined) yield rowOf(last, update.seq)
  }
}

function mapped<R>(change: LiveChange<AggregateRow>, rowOf: (row: AggregateRow) => R): LiveChange<R> {
  return change.op === 'leave' ? change : { ...change, record: rowOf(change.record) }
}

function recordIn(change: LiveChange<AggregateRow> | undefined): AggregateRow | undefined {
  return change === undefined || change.op === 'leave' ? undefined : change.record
}
