import { short, shortSize, shortTimes } from './numbers.ts'
import { type Group, keepsBar, type ShareSummary } from './summary.ts'
import { table } from './table.ts'

const head = ['measured beside itself', 'records', 'ratio', 'min – max', 'bar']

/** One line a ratio that Stateward, or another, has to itself within one run; empty where there is none. */
export function shareTable(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ workload, size, summaries }) =>
    summaries.flatMap(({ contender, shares }) =>
      shares.map((share) => [
        `${workload.id} ${contender.name}: ${share.what}`,
        shortSize(size),
        shortTimes(share.ratio),
        `${short(share.min)} – ${short(share.max)}`,
        barText(share),
      ]),
    ),
  )
  return rows.length === 0 ? '' : table(head, rows)
}

function barText(share: ShareSummary): string {
  const { bar } = share
  if (bar === undefined) return '–'
  const wanted = 'atMost' in bar ? `≤ ${shortTimes(bar.atMost)}` : `≥ ${shortTimes(bar.atLeast)}`
  return `${keepsBar(share) === true ? '✓' : '✗'} ${wanted}`
}
