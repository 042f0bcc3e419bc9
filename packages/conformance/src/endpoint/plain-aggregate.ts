import { type AggregateRow, compareValues, type JsonValue, type Measure, type StoredRecord } from '@stateward/contract'
import { plainQuery } from './plain-query.ts'

/** One of each kind, over fields that hold numbers, texts and times. */
export const measures: Readonly<Record<string, Measure>> = {
  records: { count: true },
  sum: { sum: 'n' },
  mean: { avg: 'n' },
  least: { min: 's' },
  last: { max: 'when' },
}

/** The slow and obvious answer to an aggregate of `measures`: of whole numbers, so that sums need no care. */
export function plainAggregate(
  records: readonly StoredRecord[],
  by: string | undefined,
  times: ReadonlySet<string>,
): AggregateRow[] {
  if (by === undefined) return [{ measures: measured(records, times) }]
  const kind = times.has(by) ? 'time' : 'value'
  const rows: AggregateRow[] = []
  const left = plainQuery(records, { orderBy: [[by, 'asc']] }, times)
  while (left.length > 0) {
    const value = left[0]?.[by]
    const end = left.findIndex((record) => compareValues(record[by], value, kind) !== 0)
    const group = left.splice(0, end === -1 ? left.length : end)
    const shown = leastText(group.flatMap((record) => record[by] ?? []))
    rows.push({ ...(value === undefined ? {} : { value: shown ?? value }), measures: measured(group, times) })
  }
  return rows
}

function measured(records: readonly StoredRecord[], times: ReadonlySet<string>): Record<string, JsonValue> {
  const numbers = records.map(({ n }) => n).filter((n) => typeof n === 'number')
  const sum = numbers.reduce((total, n) => total + n, 0)
  const least = extreme(records, 's', times)
  const last = extreme(records, 'when', times, -1)
  return {
    records: records.length,
    sum,
    ...(numbers.length > 0 && { mean: sum / numbers.length }),
    ...(least !== undefined && { least }),
    ...(last !== undefined && { last }),
  }
}

function extreme(
  records: readonly StoredRecord[],
  field: string,
  times: ReadonlySet<string>,
  sign = 1,
): JsonValue | undefined {
  const kind = times.has(field) ? 'time' : 'value'
  const values = records.map((record) => record[field]).filter((value) => value !== undefined && value !== null)
  values.sort((left, right) => compareValues(left, right, kind) * sign)
  return leastText(values.filter((value) => compareValues(value, values[0], kind) === 0)) ?? values[0]
}

/** Equal values may be written in several ways: of texts the least is shown. */
function leastText(values: readonly JsonValue[]): JsonValue | undefined {
  return values.filter((value) => typeof value === 'string').sort()[0]
}
