import { claims, type RigId } from './claims.ts'
import type { RigResult } from './rig.ts'

/** What a run counted for one claim, all its files together. */
export interface Counted {
  readonly count: number
  readonly ms: number
  readonly state: 'passed' | 'failed' | 'skipped'
}

export interface RigEnd extends RigResult {
  readonly ms: number
  readonly state: Counted['state']
}

/** Adds up what the files of each rig counted; one that failed makes the whole fail. */
export function addedUp(ends: readonly RigEnd[]): ReadonlyMap<RigId, Counted> {
  const sums = new Map<RigId, Counted>()
  for (const { id, count, ms, state } of ends) {
    const sum = sums.get(id) ?? { count: 0, ms: 0, state: 'passed' }
    sums.set(id, { count: sum.count + count, ms: sum.ms + ms, state: state === 'passed' ? sum.state : state })
  }
  return sums
}

/** The table that ends a run: a row for each rig, with what it counted and how long it took. */
export function countsTable(sums: ReadonlyMap<RigId, Counted>): readonly string[] {
  const rows = [...sums].map(([id, { count, ms, state }]) => {
    const { unit } = claims[id]
    return [id, spaced(count), unit, `${(ms / 1000).toFixed(1)} s`, state] as const
  })
  const total = [...sums.values()].reduce((sum, { ms }) => sum + ms, 0)
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const [ids = 0, numbers = 0, units = 0, times = 0] = widths
  return [
    'reliability (RELIABILITY.md says what each line claims):',
    ...rows.map(
      ([id, count, unit, time, state]) =>
        `  ${id.padEnd(ids)}  ${count.padStart(numbers)} ${unit.padEnd(units)}  ${time.padStart(times)}  ${state}`,
    ),
    `  all of it: ${(total / 1000).toFixed(1)} s of test time`,
  ]
}

/** 1234567 as `1 234 567`. */
export function spaced(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
