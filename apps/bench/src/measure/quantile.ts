/** The value below which the share `q` of the values lies; `undefined` when there are none. Sorts `values` in place. */
export function quantile(values: Float64Array, q: number): number | undefined {
  values.sort()
  return values[Math.min(values.length - 1, Math.floor(values.length * q))]
}

/** The middle one, the upper of two; `undefined` when there are none. */
export function median(values: readonly number[]): number | undefined {
  return quantile(Float64Array.from(values), 0.5)
}
