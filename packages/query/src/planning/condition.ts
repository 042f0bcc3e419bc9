import { type FieldKind, instantKey, type JsonValue, type Operators, sameValue } from '@stateward/contract'
import { identity } from '../values/identity.ts'
import { timeKey } from '../values/times.ts'
import { isWrittenInstant, looksWritten } from '../values/written-instant.ts'

/** Whether the value of a field, `undefined` where absent, meets one condition. */
export type Test = (value: JsonValue | undefined) => boolean

/** Prepares one condition: everything that can be known from the operand is done here, once. */
export function testOf(operator: keyof Operators, operand: JsonValue, kind: FieldKind): Test {
  switch (operator) {
    case 'eq':
      return equals(operand, kind)
    case 'ne':
      return negated(equals(operand, kind))
    case 'in':
      return isOneOf(listOf(operand), kind)
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return inRange(operator, operand, kind)
    case 'contains':
      return contains(operand)
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(String(operand))
    case 'exists':
      return operand === true ? (value) => value !== undefined : (value) => value === undefined
    default:
      operator satisfies never
      throw new TypeError(`unknown operator ${String(operator)}`)
  }
}

/** Lists and objects compare item by item; only instants need their key. */
function equals(operand: JsonValue, kind: FieldKind): Test {
  if (typeof operand === 'object' && operand !== null) return (value) => sameValue(value, operand)
  if (kind === 'value' || typeof operand !== 'string') return (value) => value === operand
  const key = timeKey(operand)
  const isWritten = isWrittenInstant(operand)
  return (value) => {
    if (value === operand) return true
    // Two texts as the store writes them name one instant only when they are one text.
    if (typeof value !== 'string' || (isWritten && isWrittenInstant(value))) return false
    return timeKey(value) === key
  }
}

function isOneOf(operands: readonly JsonValue[], kind: FieldKind): Test {
  const [only] = operands
  if (only !== undefined && operands.length === 1) return equals(only, kind)
  if (kind === 'value' && operands.every(isScalar)) {
    const scalars = new Set<JsonValue | undefined>(operands)
    return (value) => scalars.has(value)
  }
  const identities = new Set(operands.map((operand) => identity(operand, kind)))
  return (value) => value !== undefined && identities.has(identity(value, kind))
}

/** A set finds scalars by themselves, and no absence among them. */
function isScalar(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null
}

type RangeOperator = 'lt' | 'lte' | 'gt' | 'gte'

/** Values of another kind than the operand's are in no range: 5 is neither below nor above "a". */
function inRange(operator: RangeOperator, operand: JsonValue, kind: FieldKind): Test {
  if (kind === 'time' && typeof operand === 'string') {
    const bound = instantKey(operand)
    if (bound === undefined) return () => false
    return inTimeRange(operator, bound)
  }
  switch (typeof operand) {
    case 'number':
    case 'string':
    case 'boolean': {
      const holds = comparison(operator, operand)
      const type = typeof operand
      // The types are equal, so the comparison is between values of one kind.
      return (value) => typeof value === type && holds(value as typeof operand)
    }
    default:
      return () => false
  }
}

const writtenChars = 23

/**
 * `bound` is an instant's key. A text as the store writes it is compared by itself with the bound cut to milliseconds:
 * where the bound goes on behind them, an equal text is below it. Whether a text is one is looked at closely only when
 * it is on the right side: those on the wrong side are most.
 */
function inTimeRange(operator: RangeOperator, bound: string): Test {
  const holds = comparison(operator, bound)
  const cut = `${bound.slice(0, writtenChars)}Z`
  const goesOn = !/^0*$/.test(bound.slice(writtenChars))
  const holdsWritten = comparison(goesOn ? (operator.startsWith('l') ? 'lte' : 'gt') : operator, cut)
  return (value) => {
    if (typeof value !== 'string') return false
    if (looksWritten(value)) return holdsWritten(value) && isWrittenInstant(value)
    const key = instantKey(value)
    return key !== undefined && holds(key)
  }
}

function comparison<V extends number | string | boolean>(operator: RangeOperator, bound: V): (value: V) => boolean {
  switch (operator) {
    case 'lt':
      return (value) => value < bound
    case 'lte':
      return (value) => value <= bound
    case 'gt':
      return (value) => value > bound
    case 'gte':
      return (value) => value >= bound
    default:
      operator satisfies never
      throw new TypeError(`unknown operator ${String(operator)}`)
  }
}

function contains(operand: JsonValue): Test {
  const same = equals(operand, 'value')
  if (typeof operand !== 'string') return (value) => isList(value) && value.some(same)
  return (value) => (typeof value === 'string' ? value.includes(operand) : isList(value) && value.includes(operand))
}

function negated(test: Test): Test {
  return (value) => !test(value)
}

function listOf(operand: JsonValue): readonly JsonValue[] {
  return isList(operand) ? operand : []
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
