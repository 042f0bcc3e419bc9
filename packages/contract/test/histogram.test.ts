import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../src/histogram.ts'

/** The slow, obvious way: sort, and take the value of the nearest rank. */
function exact(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0
}

/** From far below one unit to a few hours of tenths of microseconds, most of them where durations are. */
const durations = fc.oneof(
  fc.double({ min: 0, max: 100_000, noNaN: true }),
  fc.integer({ min: 0, max: 30 }).chain((power) => fc.double({ min: 0, max: 2 ** power / 10_000, noNaN: true })),
)

describe('a histogram', () => {
  test('has the quantiles of the sorted values, to 1/16 or one unit', () => {
    const shares = [0, 0.001, 0.5, 0.9, 0.99, 0.999, 1]
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 200 }), (values) => {
        const unit = 0.0001
        const histogram = new Histogram(unit)
        for (const value of values) histogram.record(value)
        for (const share of shares) {
          const truth = exact(values, share)
          expect(Math.abs(histogram.quantile(share) - truth)).toBeLessThanOrEqual(Math.max(truth / 16, unit) + 1e-12)
        }
        const { count, sum, min, max } = histogram.distribution()
        expect([count, min, max]).toEqual([values.length, Math.min(...values), Math.max(...values)])
        expect(sum).toBeCloseTo(
          values.reduce((total, value) => total + value, 0),
          3,
        )
      }),
      { numRuns: 300 },
    )
  })

  test('counts each value in the one bucket that it lies in', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 100 }), (values) => {
        const histogram = new Histogram(0.0001)
        for (const value of values) histogram.record(value)
        const { buckets } = histogram.distribution()
        let above = 0
        for (const [below, count] of buckets) {
          expect(below).toBeGreaterThan(above)
          expect(values.filter((value) => Math.floor(value / 0.0001) * 0.0001 < below - 1e-9).length).toBe(
            buckets.filter(([other]) => other <= below).reduce((sum, [, some]) => sum + some, 0),
          )
          expect(count).toBeGreaterThan(0)
          above = below
        }
      }),
      { numRuns: 100 },
    )
  })

  test('is exact for small whole numbers', () => {
    const histogram = new Histogram(1)
    for (let value = 0; value < 32; value++) histogram.record(value)
    expect([0, 0.25, 0.5, 1].map((share) => histogram.quantile(share))).toEqual([0, 7, 15, 31])
  })

  test('lets one value stand for many', () => {
    const one = new Histogram(1)
    const many = new Histogram(1)
    one.record(5, 100)
    one.record(70)
    for (let at = 0; at < 100; at++) many.record(5)
    many.record(70)
    expect(one.distribution()).toEqual(many.distribution())
  })

  test('says 0 of nothing, and takes what is no duration for 0', () => {
    const histogram = new Histogram(1)
    expect(histogram.distribution()).toMatchObject({ count: 0, sum: 0, min: 0, max: 0, p50: 0, p999: 0, buckets: [] })
    for (const value of [-1, Number.NaN]) histogram.record(value)
    expect(histogram.distribution()).toMatchObject({ count: 2, sum: 0, min: 0, max: 0, p99: 0, buckets: [[1, 2]] })
  })

  test('has room for whatever is measured: what is too long is counted with the longest', () => {
    const histogram = new Histogram(1)
    for (const value of [2 ** 32 - 1, 2 ** 32, 1e300, Number.MAX_VALUE]) histogram.record(value)
    expect(histogram.distribution()).toMatchObject({ count: 4, max: Number.MAX_VALUE, buckets: [[2 ** 32, 4]] })
  })
})
