import { bestPeer, compare, oursOf, type Verdict, verdictOf } from './compare.ts'
import { short, shortSize, shortTimes } from './numbers.ts'
import type { Group, Summary } from './summary.ts'
import { table } from './table.ts'

const head = ['workload', 'records', 'stateward', 'best like peer', 'bar', 'unlike peer', 'limit']

/** One line a workload, size and way to open Stateward: how many times better it is than whom, and whether that is enough. */
export function ratioTable(groups: readonly Group[]): string {
  const rows = groups.flatMap((group) =>
    group.summaries.filter(({ contender }) => contender.role === 'stateward').map((ours) => ratioRow(group, ours)),
  )
  return table(head, rows)
}

function ratioRow(group: Group, ours: Summary): readonly string[] {
  return [
    `${group.workload.id} ${group.workload.title}`,
    shortSize(group.size),
    `${short(ours.median)} ${group.workload.unit}${ours === oursOf(group) ? '' : ` (${ours.contender.name})`}`,
    timesOver(ours, bestPeer(group, ours, 'like')),
    barText(verdictOf(group, ours)),
    timesOver(ours, bestPeer(group, ours, 'unlike')),
    group.summaries
      .filter(({ contender }) => contender.role === 'limit')
      .map((limit) => timesOver(ours, limit))
      .join(', ') || '–',
  ]
}

function barText(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '–'
  const { holds, wanted, against } = verdict
  return `${holds === undefined ? '?' : holds ? '✓' : '✗'} ${shortTimes(wanted)} ${against}`
}

function timesOver(ours: Summary, theirs: Summary | undefined): string {
  if (theirs === undefined) return '–'
  const { kind, times } = compare(ours, theirs)
  return `${kind === 'unlike' ? '≠ ' : ''}${shortTimes(times)} ${theirs.contender.name}`
}
