import { table } from '../report/table.ts'
import { verdict } from '../report/verdict.ts'
import { armWorkloads } from './arm.ts'
import { type Interval, intervalOf } from './interval.ts'
import { type InstrumentationFigures, type PairName, pairNames } from './measure-instrumentation.ts'

/** What the upper end of the interval must stay below. */
const bars: Readonly<Record<PairName, number | undefined>> = { 'off/none': 1.03, 'on/off': 1.1, 'each/off': undefined }

const meant: Readonly<Record<PairName, string>> = {
  'off/none': 'off, to a build without it',
  'on/off': 'all on, to off',
  'each/off': 'each message measured and told, to off',
}

const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`
const shown = ({ median, from, to }: Interval): string => `${percent(median)} [${percent(from)}, ${percent(to)}]`

/** What the instrumentation costs, with its 95 % intervals and what is to be thought of them, for people. */
export function instrumentationTable(found: InstrumentationFigures): string {
  const rows = armWorkloads.flatMap((workload) =>
    pairNames.map((pair) => {
      const ratios = found[workload][pair]
      const bar = bars[pair]
      const cpu = intervalOf(ratios.map((one) => one.cpu))
      const wall = intervalOf(ratios.map((one) => one.wall))
      const holds = bar === undefined ? '' : verdict(`< ${percent(bar)}`, cpu.to < bar)
      return [`${workload}: ${meant[pair]}`, String(ratios.length), shown(cpu), shown(wall), holds]
    }),
  )
  return table(['instrumentation', 'rounds', 'processor time [95 %]', 'by the clock [95 %]', 'bar'], rows)
}
