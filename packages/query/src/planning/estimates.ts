import type { Operators } from '@stateward/contract'
import type { Conjunct, Facts } from './facts.ts'
import type { Coverage } from './probes.ts'

/** What is known of the rows that pass one condition or several. */
export interface Measured {
  readonly rows: number
  readonly covers: Coverage
}

/** The share of records that pass a condition of which no index knows anything: guesses, on the careful side. */
const guesses: Readonly<Record<keyof Operators, number>> = {
  eq: 0.1,
  ne: 0.9,
  in: 0.2,
  lt: 0.3,
  lte: 0.3,
  gt: 0.3,
  gte: 0.3,
  contains: 0.2,
  prefix: 0.1,
  exists: 0.5,
}
const guessForOthers = 0.5

/**
 * How many of `records` match the whole filter: the smallest number that an index gave, times the share that passes each
 * of the other conditions as if they were independent. Conditions on one field count once.
 */
export function estimateMatches(facts: Facts, measured: readonly Measured[], records: number): number {
  const best = smallest(measured)
  let rows = best?.rows ?? records
  let shares: Map<string | Conjunct, number> | undefined
  for (const conjunct of facts.conjuncts) {
    if (best !== undefined && coverage(conjunct, best.covers) !== 'not') continue
    const share = shareOf(conjunct, measured, records)
    const key = conjunct.on?.field ?? conjunct
    shares ??= new Map()
    shares.set(key, Math.min(share, shares.get(key) ?? 1))
  }
  for (const share of shares?.values() ?? []) rows *= share
  return rows
}

/** What is done about one part of a filter; nothing about an `or` or a `not`. */
export function coverage({ on }: Conjunct, covers: Coverage): ReturnType<Coverage> {
  return on === undefined ? 'not' : covers(on)
}

function shareOf(conjunct: Conjunct, measured: readonly Measured[], records: number): number {
  let rows = Number.POSITIVE_INFINITY
  for (const item of measured) if (item.rows < rows && coverage(conjunct, item.covers) !== 'not') rows = item.rows
  if (rows < Number.POSITIVE_INFINITY && records > 0) return Math.min(1, rows / records)
  return conjunct.on === undefined ? guessForOthers : guesses[conjunct.on.operator]
}

function smallest(measured: readonly Measured[]): Measured | undefined {
  let best: Measured | undefined
  for (const item of measured) if (best === undefined || item.rows < best.rows) best = item
  return best
}
