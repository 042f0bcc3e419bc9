import type { Contender } from '../contender.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { median } from '../measure/quantile.ts'
import type { Row } from '../run/row.ts'
import type { Workload } from '../workload.ts'

/** All rounds of one workload of one contender at one size. */
export interface Summary {
  readonly workload: Workload
  readonly size: number
  readonly contender: Contender
  readonly median: number
  readonly min: number
  readonly max: number
  /** Medians of the rounds' quantiles, milliseconds. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  /** Median of the rounds' processor time of one operation, microseconds. */
  readonly cpuUs: number | undefined
  /** The longest of all rounds, milliseconds. */
  readonly stallMs: number | undefined
  /** The greatest of the rounds'. */
  readonly stallP99Ms: number | undefined
  readonly remark: string | undefined
  /** What was measured beside itself: medians of the rounds' ratios. */
  readonly shares: readonly ShareSummary[]
  readonly rounds: number
}

/** One ratio of all rounds. */
export interface ShareSummary extends Share {
  readonly min: number
  readonly max: number
}

/** Whether the median keeps the bar; `undefined` where there is none. */
export function keepsBar({ ratio, bar }: ShareSummary): boolean | undefined {
  if (bar === undefined) return undefined
  return 'atMost' in bar ? ratio <= bar.atMost : ratio >= bar.atLeast
}

/** A workload at a size: what can be compared. */
export interface Group {
  readonly workload: Workload
  readonly size: number
  readonly summaries: readonly Summary[]
  readonly failures: readonly Row[]
}

/** Puts the rows together by workload and size; workloads and contenders come in the order given. */
export function groupsOf(
  rows: readonly Row[],
  workloads: readonly Workload[],
  contenders: readonly Contender[],
): readonly Group[] {
  return workloads.flatMap((workload) => {
    const own = rows.filter((row) => row.workload === workload.id)
    const sizes = [...new Set(own.map(({ size }) => size))].toSorted((a, b) => a - b)
    return sizes.map((size) => {
      const same = own.filter((row) => row.size === size)
      const summaries = contenders.flatMap((contender) => summaryOf(same, { workload, size, contender }))
      return { workload, size, summaries, failures: same.filter(({ failure }) => failure !== undefined) }
    })
  })
}

function summaryOf(rows: readonly Row[], place: Pick<Summary, 'workload' | 'size' | 'contender'>): readonly Summary[] {
  const measured = rows.flatMap((row) => (row.contender === place.contender.name ? (row.measured ?? []) : []))
  const values = measured.map(({ value }) => value)
  const middle = median(values)
  if (middle === undefined) return []
  return [
    {
      ...place,
      median: middle,
      min: Math.min(...values),
      max: Math.max(...values),
      p50: median(measured.flatMap(({ p50 }) => p50 ?? [])),
      p99: median(measured.flatMap(({ p99 }) => p99 ?? [])),
      cpuUs: median(measured.flatMap(({ cpuUs }) => cpuUs ?? [])),
      stallMs: greatest(measured.flatMap(({ stallMs }) => stallMs ?? [])),
      stallP99Ms: greatest(measured.flatMap(({ stallP99Ms }) => stallP99Ms ?? [])),
      remark: measured.at(-1)?.remark,
      shares: sharesOf(measured),
      rounds: measured.length,
    },
  ]
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values)
}

function sharesOf(measured: readonly Measured[]): readonly ShareSummary[] {
  return (measured.at(-1)?.shares ?? []).map((share, at) => {
    const ratios = measured.flatMap(({ shares }) => shares?.[at]?.ratio ?? [])
    return { ...share, ratio: median(ratios) ?? Number.NaN, min: Math.min(...ratios), max: Math.max(...ratios) }
  })
}
