import type { AggregateRow, LiveChange } from '@stateward/contract'

/** What turns one list of groups into another: what was is taken away where it is different, and what is comes in. O(groups). */
export function groupDifference(
  before: readonly AggregateRow[],
  after: readonly AggregateRow[],
): readonly LiveChange<AggregateRow>[] {
  const [was, is] = [before.map((row) => JSON.stringify(row)), after.map((row) => JSON.stringify(row))]
  const [kept, stays] = [new Set(is), new Set(was)]
  const changes: LiveChange<AggregateRow>[] = []
  let at = 0
  for (const [place, { value }] of before.entries()) {
    if (kept.has(was[place] ?? '')) at++
    else changes.push({ op: 'leave', at, id: value === undefined ? '' : JSON.stringify(value) })
  }
  for (const [place, record] of after.entries())
    if (!stays.has(is[place] ?? '')) changes.push({ op: 'enter', at: place, record })
  return changes
}
