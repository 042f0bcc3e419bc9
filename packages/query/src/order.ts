import {
  compareKeys,
  type Entity,
  type FieldKind,
  fieldKind,
  type JsonValue,
  type OrderBy,
  orderKey,
  type StoredRecord,
} from '@stateward/contract'
import { fieldReader } from './field-reader.ts'
import { isWrittenInstant } from './written-instant.ts'

/** Negative, 0 or positive, as `Array.prototype.sort` takes it. */
export type Compare = (left: StoredRecord, right: StoredRecord) => number

/**
 * What rows are really ordered by: each field once, the first time it is named, and `id` last. Fields behind `id` cannot
 * matter, for ids are unique.
 */
export function fullOrder(orderBy: readonly OrderBy[] = []): readonly OrderBy[] {
  const order: OrderBy[] = []
  for (const [field, direction] of orderBy) {
    if (order.some(([known]) => known === field)) continue
    order.push([field, direction])
    if (field === 'id') return order
  }
  order.push(['id', 'asc'])
  return order
}

/** The comparison of two values of one field, in one direction. */
export type CompareValues = (left: JsonValue | undefined, right: JsonValue | undefined) => number

export function valueComparison([field, direction]: OrderBy, entity: Entity): CompareValues {
  const compare = comparisonOf(fieldKind(entity, field))
  return direction === 'asc' ? compare : (left, right) => compare(right, left)
}

function comparisonOf(kind: FieldKind): CompareValues {
  return kind === 'value' ? compareKeys : compareTimes
}

function compareTimes(left: JsonValue | undefined, right: JsonValue | undefined): number {
  if (left === right) return 0
  if (typeof left === 'string' && typeof right === 'string' && isWrittenInstant(left) && isWrittenInstant(right)) {
    return left < right ? -1 : 1
  }
  return compareKeys(orderKey(left, 'time'), orderKey(right, 'time'))
}

/** The order of the rows of a query: total, for two records never compare as equal unless they have one id. */
export function compileOrder(orderBy: readonly OrderBy[] | undefined, entity: Entity): Compare {
  const steps = fullOrder(orderBy).map((item): Compare => {
    const read = fieldReader(item[0])
    const compare = valueComparison(item, entity)
    return (left, right) => compare(read(left), read(right))
  })
  const [first, second] = steps
  if (first === undefined) return () => 0
  if (second === undefined) return first
  if (steps.length === 2) return (left, right) => first(left, right) || second(left, right)
  return (left, right) => {
    for (const step of steps) {
      const order = step(left, right)
      if (order !== 0) return order
    }
    return 0
  }
}
