import type { LiveUpdate } from '@stateward/contract'

/** A result as a live query tells it, taken in by hand. */
export class Told<R> {
  readonly rows: R[] = []
  updates = 0

  take(update: LiveUpdate<R>): void {
    this.updates++
    const { rows } = this
    if (update.kind === 'rows') {
      rows.splice(0, rows.length, ...update.rows)
      return
    }
    for (const change of update.changes) {
      if (change.op !== 'enter') rows.splice(change.op === 'move' ? change.from : change.at, 1)
      if (change.op !== 'leave') rows.splice(change.at, 0, change.record)
    }
  }
}
