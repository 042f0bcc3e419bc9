import type { LiveUpdate } from '@stateward/contract'

/** The result of a live query behind an update, as a new list: O(rows) for the copy. */
export function applyLive<R>(rows: readonly R[], update: LiveUpdate<R>): readonly R[] {
  if (update.kind === 'rows') return update.rows
  const next = [...rows]
  for (const change of update.changes) {
    switch (change.op) {
      case 'enter':
        next.splice(change.at, 0, change.record)
        break
      case 'leave':
        next.splice(change.at, 1)
        break
      case 'move':
        next.splice(change.from, 1)
        next.splice(change.at, 0, change.record)
        break
      case 'change':
        next[change.at] = change.record
        break
      default:
        change satisfies never
    }
  }
  return next
}
