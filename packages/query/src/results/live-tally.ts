import { type Entity, fieldKind, type JsonValue, type StoredRecord } from '@stateward/contract'
import type { CheckedMeasure } from '../validation/check-measures.ts'
import { tooLarge } from '../validation/refusal.ts'
import { ExactSum } from '../values/exact-sum.ts'
import { fieldReader } from '../values/field-reader.ts'
import { Extremes } from './extremes.ts'

/** A measure of records that come and go. */
export interface LiveTally {
  take(record: StoredRecord, sign: 1 | -1): void
  /** So many records have come; only a count need not see them. */
  seed(count: number): void
  result(): JsonValue | undefined
  /** Whether what is held does not tell the result any more: all that match are to be read again. */
  readonly isShort: boolean
}

/** How what is least or most is kept. */
export interface ExtremesKept {
  /** The nearest values that are held; beyond them values are only counted. */
  readonly reserve: number
  /** Whether all values are held, because nothing can be read again: more than `reserve` of them are `TOO_LARGE`. */
  readonly isWhole: boolean
}

/** A measure before any record. */
export function liveTally({ kind, field }: CheckedMeasure, entity: Entity, kept: ExtremesKept): LiveTally {
  switch (kind) {
    case 'count':
      return countTally()
    case 'sum':
      return sumTally(field, (sum, count) => (count === 0 ? 0 : sum.value))
    case 'avg':
      return sumTally(field, (sum, count) => (count === 0 ? undefined : sum.value / count))
    case 'min':
      return extremeTally(field, new Extremes({ kind: fieldKind(entity, field), direction: 1, ...kept }))
    case 'max':
      return extremeTally(field, new Extremes({ kind: fieldKind(entity, field), direction: -1, ...kept }))
    default:
      return kind satisfies never
  }
}

function countTally(): LiveTally {
  let count = 0
  return {
    take(_, sign) {
      count += sign
    },
    seed(more) {
      count += more
    },
    result: () => count,
    isShort: false,
  }
}

/** What is added exactly is also taken away exactly. */
function sumTally(field: string, resultOf: (sum: ExactSum, count: number) => number | undefined): LiveTally {
  const read = fieldReader(field)
  const sum = new ExactSum()
  let count = 0
  return {
    take(record, sign) {
      const value = read(record)
      if (typeof value !== 'number') return
      sum.add(value * sign)
      count += sign
    },
    seed: () => undefined,
    isShort: false,
    result() {
      const result = resultOf(sum, count)
      if (result === undefined || Number.isFinite(result)) return result
      throw tooLarge(`the sum of ${field}: expected one that a number can hold, found one that is larger`, { field })
    },
  }
}

function extremeTally(field: string, extremes: Extremes): LiveTally {
  const read = fieldReader(field)
  return {
    take(record, sign) {
      const value = read(record)
      if (value === undefined || value === null) return
      if (sign === -1) extremes.remove(value)
      else if (!extremes.add(value))
        throw tooLarge(`the values of ${field}: expected at most ${extremes.reserve} of them here, found more`, {
          field,
        })
    },
    seed: () => undefined,
    result: () => extremes.first,
    get isShort() {
      return extremes.isShort
    },
  }
}
