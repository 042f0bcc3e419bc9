import { chartPath } from './chart-path.ts'
import { compare, oursOf } from './compare.ts'
import { short, shortSize, shortTime, shortTimes } from './numbers.ts'
import type { Group, Summary } from './summary.ts'
import { table } from './table.ts'

/** All figures of one workload at one size, and what went wrong. */
export function groupTable(group: Group): string {
  const { workload, size, summaries, failures } = group
  const records = size === 0 ? '' : `, ${shortSize(size)} records`
  const head = [
    'contender',
    'durable',
    workload.unit,
    'min – max',
    'stateward is',
    'p50 ms',
    'p99 ms',
    'cpu µs',
    'stall ms',
  ]
  const ours = oursOf(group)
  return [
    `### ${workload.id} ${workload.title}${records}\n`,
    table(
      head,
      summaries.map((summary) => rowOf(summary, ours)),
    ),
    ...(summaries.length === 0 ? [] : [`\n![${workload.id}, ${workload.unit}](${chartPath(group)})\n`]),
    ...summaries.flatMap(({ contender, remark }) => (remark === undefined ? [] : [`- ${contender.name}: ${remark}`])),
    ...failures.map(({ contender, round, failure }) => `- **${contender} failed** in round ${round + 1}: ${failure}`),
    '',
  ].join('\n')
}

function rowOf(summary: Summary, ours: Summary | undefined): readonly string[] {
  const { contender, median, min, max, p50, p99, cpuUs, stallMs } = summary
  return [
    contender.name,
    contender.role === 'limit' ? 'limit' : contender.durability,
    short(median),
    `${short(min)} – ${short(max)}`,
    ours === undefined || ours === summary ? '' : timesOver(ours, summary),
    shortTime(p50),
    shortTime(p99),
    shortTime(cpuUs),
    shortTime(stallMs),
  ]
}

function timesOver(ours: Summary, theirs: Summary): string {
  const { kind, times } = compare(ours, theirs)
  return `${kind === 'unlike' ? '≠ ' : ''}${shortTimes(times)}`
}
