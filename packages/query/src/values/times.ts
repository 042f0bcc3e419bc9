import { compareKeys, type JsonValue, orderKey } from '@stateward/contract'
import { isWrittenInstant } from './written-instant.ts'

/** What `orderKey` makes of a value in a time field; a text as the store writes it is not read again for it. */
export function timeKey(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string') return value
  return isWrittenInstant(value) ? `\0${value.slice(0, -1)}000000` : orderKey(value, 'time')
}

/** As `compareValues` in a time field. */
export function compareTimes(left: JsonValue | undefined, right: JsonValue | undefined): number {
  if (left === right) return 0
  if (typeof left === 'string' && typeof right === 'string' && isWrittenInstant(left) && isWrittenInstant(right)) {
    return left < right ? -1 : 1
  }
  return compareKeys(timeKey(left), timeKey(right))
}
