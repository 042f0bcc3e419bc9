/** Where a value stands between both ends of an axis. */
export interface Scale {
  /** 0 at the beginning of the axis, 1 at its end. */
  readonly share: (value: number) => number
  /** Where lines are drawn, in order. */
  readonly ticks: readonly number[]
  /** Whether each line is ten times the one before; otherwise the axis begins with 0. */
  readonly isLogarithmic: boolean
}

/** From this ratio on, the smaller bars of a linear axis could not be told from nothing. */
const widestLinear = 50

/** An axis on which all these values have a place: linear from 0, or in powers of ten where they lie far apart. */
export function scaleOf(mins: readonly number[], maxs: readonly number[]): Scale {
  const positive = mins.filter((value) => value > 0)
  const greatest = Math.max(...maxs)
  const most = greatest > 0 ? greatest : 1
  const least = Math.min(...positive, most)
  return most / least > widestLinear ? powers(least, most) : linear(most)
}

function linear(most: number): Scale {
  const step = roundStep(most / 4)
  const end = Math.ceil(most / step - 1e-9) * step
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, at) => at * step)
  return { share: (value) => value / end, ticks, isLogarithmic: false }
}

function powers(least: number, most: number): Scale {
  const from = Math.floor(Math.log10(least))
  const to = Math.max(from + 1, Math.ceil(Math.log10(most) - 1e-9))
  const ticks = Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at))
  const share = (value: number): number => (value <= 0 ? 0 : Math.max(0, (Math.log10(value) - from) / (to - from)))
  return { share, ticks, isLogarithmic: true }
}

/** 1, 2, 2.5 or 5 times a power of ten, at least this much. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= least) ?? 10) * power
}
