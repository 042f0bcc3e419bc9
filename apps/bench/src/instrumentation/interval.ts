import { hash } from '../data/hash.ts'
import { median } from '../measure/quantile.ts'

/** A median of rounds, and between which values it lies in 95 of 100 such measurements. */
export interface Interval {
  readonly median: number
  readonly from: number
  readonly to: number
}

const resamples = 10_000

/**
 * The median with its 95 % interval by the percentile bootstrap: the medians of ten thousand samples drawn from these with
 * replacement. Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 */
export function intervalOf(values: readonly number[]): Interval {
  const count = values.length
  const medians = Float64Array.from({ length: resamples }, (_, sample) => {
    const drawn = Array.from({ length: count }, (_, at) => values[hash(count, at, sample) % count] ?? Number.NaN)
    return median(drawn) ?? Number.NaN
  }).sort()
  const at = (share: number): number => medians[Math.floor(share * (resamples - 1))] ?? Number.NaN
  return { median: median(values) ?? Number.NaN, from: at(0.025), to: at(0.975) }
}
