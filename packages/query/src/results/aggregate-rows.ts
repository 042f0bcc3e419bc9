import {
  type AggregateRow,
  compareValues,
  type Entity,
  type FieldKind,
  fieldKind,
  type JsonValue,
  type StoredRecord,
} from '@stateward/contract'
import type { CheckedMeasure } from '../validation/check-measures.ts'
import { tooLarge } from '../validation/refusal.ts'
import { type Accumulator, accumulated } from '../values/accumulator.ts'
import { ExactSum } from '../values/exact-sum.ts'
import { fieldReader } from '../values/field-reader.ts'
import { type Identity, identity } from '../values/identity.ts'

/** Takes records in and says what a measure of them is. */
interface Tally {
  take(record: StoredRecord): void
  result(): JsonValue | undefined
}

interface GroupOfRows {
  value: JsonValue | undefined
  readonly tallies: readonly Tally[]
}

/**
 * The measures of rows: of all of them in one row, or with `by` in one row a value of that field, in the order of the
 * values, absence first. The order of the rows does not matter, for sums neither: they are rounded once.
 * O(n × measures + g log g) for n rows in g groups.
 */
export function aggregateRows(rows: Iterable<StoredRecord>, asked: RowsMeasured): AggregateRow[] {
  return accumulated(rows, rowMeasures(asked))
}

/** What is measured: of all rows, or with `by` of those of each value in that field. */
export interface RowsMeasured {
  readonly measures: readonly CheckedMeasure[]
  readonly by: string | undefined
  readonly entity: Entity
}

/** As `aggregateRows`, of rows that come one after the other: holds a few numbers for each measure of each group. */
export function rowMeasures({ measures, by, entity }: RowsMeasured): Accumulator<StoredRecord, AggregateRow[]> {
  const groupOf = (value: JsonValue | undefined): GroupOfRows => ({
    value,
    tallies: measures.map((measure) => tallyOf(measure, entity)),
  })
  const resultOf = (group: GroupOfRows): AggregateRow => {
    const results = measures.map(({ name }, at) => [name, group.tallies[at]?.result()] as const)
    const there = Object.fromEntries(
      results.flatMap(([name, result]) => (result === undefined ? [] : [[name, result]])),
    )
    return group.value === undefined ? { measures: there } : { value: group.value, measures: there }
  }
  if (by === undefined) {
    const all = groupOf(undefined)
    return { add: (row) => takeIn(all, row), result: () => [resultOf(all)] }
  }
  const kind = fieldKind(entity, by)
  const read = fieldReader(by)
  const groups = new Map<Identity, GroupOfRows>()
  return {
    add(row) {
      const value = read(row)
      const key = identity(value, kind)
      let group = groups.get(key)
      if (group === undefined) {
        group = groupOf(value)
        groups.set(key, group)
        // One instant may be written in several ways: the group shows the least.
      } else if (typeof value === 'string' && typeof group.value === 'string' && value < group.value)
        group.value = value
      takeIn(group, row)
    },
    result: () =>
      [...groups.values()].sort((left, right) => compareValues(left.value, right.value, kind)).map(resultOf),
  }
}

function takeIn({ tallies }: GroupOfRows, row: StoredRecord): void {
  for (const tally of tallies) tally.take(row)
}

function tallyOf({ kind, field }: CheckedMeasure, entity: Entity): Tally {
  switch (kind) {
    case 'count':
      return countTally()
    case 'sum':
      return sumTally(field, (sum) => sum.value)
    case 'avg':
      return sumTally(field, (sum) => (sum.count === 0 ? undefined : sum.value / sum.count))
    case 'min':
      return extremeTally(field, fieldKind(entity, field), -1)
    case 'max':
      return extremeTally(field, fieldKind(entity, field), 1)
    default:
      return kind satisfies never
  }
}

function countTally(): Tally {
  let count = 0
  return { take: () => void count++, result: () => count }
}

function sumTally(field: string, resultOf: (sum: ExactSum) => number | undefined): Tally {
  const read = fieldReader(field)
  const sum = new ExactSum()
  return {
    take(record) {
      const value = read(record)
      if (typeof value === 'number') sum.add(value)
    },
    result() {
      const result = resultOf(sum)
      if (result === undefined || Number.isFinite(result)) return result
      throw tooLarge(`the sum of ${field}: expected one that a number can hold, found one that is larger`, { field })
    },
  }
}

function extremeTally(field: string, kind: FieldKind, sign: 1 | -1): Tally {
  const read = fieldReader(field)
  let extreme: JsonValue | undefined
  return {
    take(record) {
      const value = read(record)
      if (value === undefined || value === null) return
      const order = extreme === undefined ? 1 : compareValues(value, extreme, kind) * sign
      // Of equal ones the least text is shown, whichever comes first.
      if (order > 0 || (order === 0 && String(value) < String(extreme))) extreme = value
    },
    result: () => extreme,
  }
}
