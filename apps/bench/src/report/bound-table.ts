import type { Bound } from '../workload.ts'
import { short, shortSize } from './numbers.ts'
import type { Group, Summary } from './summary.ts'
import { table } from './table.ts'

/** S5: the bound of every row whose event loop was watched. */
const everywhere: Bound = { of: 'stallP99', atMost: 5 }

const words: Readonly<Record<Bound['of'], string>> = {
  value: 'the figure itself',
  p99: 'p99',
  stall: 'longest stall of the event loop',
  stallP99: 'p99 of the stalls of the event loop (S5)',
}

/** What a bound asks of one way to open Stateward, and whether that was found. */
export interface BoundVerdict {
  readonly bound: Bound
  /** `undefined` where it was not measured. */
  readonly found: number | undefined
  /** The same of the harness with an adapter that does nothing, where it took part. */
  readonly idle: number | undefined
  /** `undefined` where it was not measured, and where the machine keeps it not even with nothing to do. */
  readonly holds: boolean | undefined
}

/** The bounds of the workload, and that of every row whose event loop was watched. Of who is not Stateward: none. */
export function boundVerdicts({ workload, summaries, size }: Group, summary: Summary): readonly BoundVerdict[] {
  if (summary.contender.role !== 'stateward') return []
  const own = (workload.bounds ?? []).filter(({ belowSize = Number.POSITIVE_INFINITY }) => size < belowSize)
  const bounds = [...own, ...(summary.stallP99Ms === undefined ? [] : [everywhere])]
  const ceiling = summaries.find(({ contender }) => contender.name === 'ceiling')
  return bounds.map((bound) => {
    const found = figureOf(summary, bound)
    const idle = ceiling && figureOf(ceiling, bound)
    return { bound, found, idle, holds: isKept(bound, found, idle) }
  })
}

function isKept({ atMost }: Bound, found: number | undefined, idle: number | undefined): boolean | undefined {
  if (found === undefined || found <= atMost) return found === undefined ? undefined : true
  return idle !== undefined && idle > atMost ? undefined : false
}

/** One line a bound, size and way to open Stateward; empty where there is none. */
export function boundTable(groups: readonly Group[]): string {
  const rows = groups.flatMap((group) =>
    group.summaries.flatMap((summary) =>
      boundVerdicts(group, summary).map(({ bound, found, idle, holds }) => {
        const unit = bound.of === 'value' ? group.workload.unit : 'ms'
        const told = (figure: number | undefined): string => (figure === undefined ? '–' : `${short(figure)} ${unit}`)
        return [
          `${group.workload.id} ${summary.contender.name}: ${words[bound.of]}`,
          shortSize(group.size),
          told(found),
          told(idle),
          `${holds === undefined ? '?' : holds ? '✓' : '✗'} ≤ ${short(bound.atMost)} ${unit}`,
        ]
      }),
    ),
  )
  return rows.length === 0 ? '' : table(['bars that are no ratio', 'records', 'found', 'ceiling', 'bar'], rows)
}

function figureOf({ median, p99, stallMs, stallP99Ms }: Summary, { of }: Bound): number | undefined {
  switch (of) {
    case 'value':
      return median
    case 'p99':
      return p99
    case 'stall':
      return stallMs
    case 'stallP99':
      return stallP99Ms
    default:
      return of satisfies never
  }
}
