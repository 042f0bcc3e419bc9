/**
 * A distribution of numbers as plain data. A quantile is off by at most 1/16 of itself or one unit, whichever is more; `count`,
 * `sum`, `min` and `max` are of what was recorded.
 */
export interface Distribution {
  readonly count: number
  readonly sum: number
  /** 0 where nothing was recorded; so are the quantiles. */
  readonly min: number
  readonly max: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  /** `[below, count]`: so many values lay below this bound, and not below the one before. Ascending; empty ones are left out. */
  readonly buckets: readonly (readonly [below: number, count: number])[]
}

/** Buckets of each doubling. */
const perDoubling = 16
const perDoublingBits = 4
/** Of a value in units: what is not below this is counted with the greatest. */
const longest = 2 ** 32
const bucketCount = (32 - perDoublingBits + 1) * perDoubling

/**
 * Counts numbers ≥ 0 in buckets that are 1/16 as wide as what they hold, so that a quantile of any size is off by at most
 * that: 464 of them, 3.7 KB, whatever is recorded. `record` costs a few nanoseconds and allocates nothing but the first time.
 *
 * Source: Gil Tene's HdrHistogram: the bits of the value, below its highest one, are its place in the doubling.
 */
export class Histogram {
  readonly #unit: number
  #counts: Float64Array | undefined
  #count = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  /** @param unit the finest difference that matters; buckets end at 2³² of it */
  constructor(unit: number) {
    this.#unit = unit
  }

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  /** Takes a value in, `times` over: where one in so many was measured, each stands for as many. What is no number ≥ 0 is 0. */
  record(value: number, times = 1): void {
    const known = Math.max(0, value || 0)
    this.#counts ??= new Float64Array(bucketCount)
    const bucket = bucketOf(known / this.#unit)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times
    this.#count += times
    this.#sum += known * times
    if (known < this.#min) this.#min = known
    if (known > this.#max) this.#max = known
  }

  /** The value below or at which this share of all lies (nearest rank), never beyond the least and the greatest; 0 of nothing. O(buckets). */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (const [bucket, count] of (this.#counts ?? []).entries()) {
      seen += count
      if (seen >= rank) return this.#within(middleOf(bucket) * this.#unit)
    }
    return this.#count === 0 ? 0 : this.#max
  }

  /** All that is known, as plain data. */
  distribution(): Distribution {
    const buckets: [number, number][] = []
    for (const [bucket, count] of (this.#counts ?? []).entries())
      if (count > 0) buckets.push([lowestOf(bucket + 1) * this.#unit, count])
    return {
      count: this.#count,
      sum: this.#sum,
      min: this.#count === 0 ? 0 : this.#min,
      max: this.#max,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      buckets,
    }
  }

  #within(value: number): number {
    return Math.min(this.#max, Math.max(this.#min, value))
  }
}

function bucketOf(units: number): number {
  const whole = units < longest ? Math.floor(units) : longest - 1
  if (whole < perDoubling) return whole
  const shift = 31 - Math.clz32(whole) - perDoublingBits
  return shift * perDoubling + (whole >>> shift)
}

/** The least value in units of this bucket. */
function lowestOf(bucket: number): number {
  if (bucket < 2 * perDoubling) return bucket
  const shift = Math.floor(bucket / perDoubling) - 1
  return (bucket - shift * perDoubling) * 2 ** shift
}

/** Where only one whole number falls into a bucket it is that one. */
function middleOf(bucket: number): number {
  const lowest = lowestOf(bucket)
  return bucket < 2 * perDoubling ? lowest : (lowest + lowestOf(bucket + 1)) / 2
}
