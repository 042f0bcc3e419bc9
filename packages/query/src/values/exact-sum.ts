/**
 * Adds numbers without a rounding error but the last: the sum is the float nearest to the true one, in whatever order the
 * numbers come. Source: Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997; rounding as in Python's `fsum`.
 */
export class ExactSum {
  /** Floats that do not overlap, the smallest first; their sum is the sum. */
  #partials: number[] = []
  /** Where a number or a sum is too large for a float, what is left is the plain sum of such ones. */
  #beyond = 0
  #isBeyond = false
  count = 0

  add(value: number): void {
    this.count++
    let rest = value
    const partials: number[] = []
    for (const partial of this.#partials) {
      const [large, small] = Math.abs(rest) < Math.abs(partial) ? [partial, rest] : [rest, partial]
      const high = large + small
      const low = small - (high - large)
      if (low !== 0) partials.push(low)
      rest = high
    }
    if (!Number.isFinite(rest)) {
      this.#beyond += rest
      this.#isBeyond = true
      return
    }
    partials.push(rest)
    this.#partials = partials
  }

  /** 0 of nothing. */
  get value(): number {
    if (this.#isBeyond) return this.#beyond
    const partials = this.#partials
    let at = partials.length - 1
    let high = partials[at] ?? 0
    let low = 0
    while (at > 0 && low === 0) {
      const partial = partials[--at] ?? 0
      const sum = high + partial
      low = partial - (sum - high)
      high = sum
    }
    // Half-way cases are rounded by what stands behind them.
    const next = partials[at - 1] ?? 0
    if (at > 0 && ((low < 0 && next < 0) || (low > 0 && next > 0))) {
      const doubled = low * 2
      const rounded = high + doubled
      if (doubled === rounded - high) return rounded
    }
    return high
  }
}
