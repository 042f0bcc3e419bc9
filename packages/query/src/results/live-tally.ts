import type { StoredRecord } from '@stateward/contract'
import type { CheckedMeasure } from '../validation/check-measures.ts'
import { invalid, tooLarge } from '../validation/refusal.ts'
import { ExactSum } from '../values/exact-sum.ts'
import { fieldReader } from '../values/field-reader.ts'

/** A measure of records that come and go. */
export interface LiveTally {
  take(record: StoredRecord, sign: 1 | -1): void
  /** So many records have come; only a count need not see them. */
  seed(count: number): void
  result(): number | undefined
}

/** Throws `INVALID` for a measure that what leaves cannot be taken out of. */
export function liveTally({ name, kind, field }: CheckedMeasure): LiveTally {
  switch (kind) {
    case 'count':
      return countTally()
    case 'sum':
      return sumTally(field, (sum, count) => (count === 0 ? 0 : sum.value))
    case 'avg':
      return sumTally(field, (sum, count) => (count === 0 ? undefined : sum.value / count))
    case 'min':
    case 'max':
      throw invalid(
        `measures.${name}: expected count, sum or avg in a live query, found ${kind}; ask for orderBy('${field}'${kind === 'max' ? ", 'desc'" : ''}).limit(1).live()`,
        { name },
      )
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
    result() {
      const result = resultOf(sum, count)
      if (result === undefined || Number.isFinite(result)) return result
      throw tooLarge(`the sum of ${field}: expected one that a number can hold, found one that is larger`, { field })
    },
  }
}
