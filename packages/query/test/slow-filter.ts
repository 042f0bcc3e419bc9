import type { JsonValue, StoredRecord, Where } from '@stateward/contract'

/** The filter language as its words say, read anew for each record: slow, and without any part of what it is compared with. */
export function slowlyMatches(where: Where, record: StoredRecord, times: ReadonlySet<string>): boolean {
  return Object.entries(where).every(([key, given]) => {
    if (key === 'and') return (given as Where[]).every((part) => slowlyMatches(part, record, times))
    if (key === 'or') return (given as Where[]).some((part) => slowlyMatches(part, record, times))
    if (key === 'not') return !slowlyMatches(given as Where, record, times)
    const value = Object.getOwnPropertyDescriptor(record, key)?.value as JsonValue | undefined
    const operators = typeof given === 'object' && given !== null ? given : { eq: given }
    return Object.entries(operators).every(([operator, operand]) =>
      holds(operator, value, operand as JsonValue, times.has(key)),
    )
  })
}

function holds(operator: string, value: JsonValue | undefined, operand: JsonValue, isTime: boolean): boolean {
  switch (operator) {
    case 'eq':
      return isSame(value, operand, isTime)
    case 'ne':
      return !isSame(value, operand, isTime)
    case 'in':
      return (operand as JsonValue[]).some((item) => isSame(value, item, isTime))
    case 'exists':
      return (value !== undefined) === operand
    case 'prefix':
      return typeof value === 'string' && value.indexOf(operand as string) === 0
    case 'contains':
      if (Array.isArray(value)) return value.some((item: JsonValue) => isSame(item, operand, false))
      return typeof value === 'string' && typeof operand === 'string' && value.indexOf(operand) >= 0
    default:
      return isInRange(operator, value, operand, isTime)
  }
}

function isInRange(operator: string, value: JsonValue | undefined, operand: JsonValue, isTime: boolean): boolean {
  if (value === null || typeof value === 'object' || typeof value !== typeof operand) return false
  const [left, right] = isTime ? [nanos(value), nanos(operand)] : [value, operand]
  if (left === undefined || right === undefined || left === null || right === null) return false
  if (operator === 'lt') return left < right
  if (operator === 'lte') return left <= right
  if (operator === 'gt') return left > right
  return left >= right
}

function isSame(left: JsonValue | undefined, right: JsonValue | undefined, isTime: boolean): boolean {
  if (isTime) {
    const [one, other] = [nanos(left), nanos(right)]
    if (one !== undefined && other !== undefined) return one === other
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((item: JsonValue, at) => isSame(item, right[at] as JsonValue, false))
    )
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left)
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key], false))
    )
  }
  return left === right
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Ten digits behind the second: one more than the finest of the texts used here. */
function nanos(value: JsonValue | undefined): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const parts = /^(\d{4}-\d\d-\d\d)t(\d\d:\d\d:\d\d)(?:\.(\d{1,10}))?(z|[+-]\d\d:\d\d)$/i.exec(value)
  if (parts === null) return undefined
  const [, day = '', time = '', fraction = '', zone = ''] = parts
  const millis = Date.parse(`${day}T${time}${zone.toUpperCase()}`)
  if (Number.isNaN(millis)) return undefined
  return BigInt(millis) * 10_000_000n + BigInt(fraction.padEnd(10, '0'))
}
