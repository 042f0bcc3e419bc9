import type { Bound, FieldKind, JsonValue, Operators } from '@stateward/contract'
import { comparisonOf } from '../values/order.ts'

/** A stretch of the one ordering of values. */
export interface Bounds {
  /** `undefined`: open. */
  readonly from: Bound | undefined
  readonly to: Bound | undefined
}

/** All values, and absence. */
export const everything: Bounds = { from: undefined, to: undefined }

/** What lies before and behind the values of one kind, in the order null < false < true < numbers < texts < lists. */
const texts = { from: { value: '', inclusive: true }, to: { value: [], inclusive: false } }
const numbers = { from: { value: true, inclusive: false }, to: { value: '', inclusive: false } }
/** From the first instant that RFC 3339 can name to where texts that name none may begin: their least is NUL itself. */
const instants = {
  from: { value: '0000-01-01T00:00:00.000Z', inclusive: true },
  to: { value: '\0', inclusive: false },
}
const booleans = { from: { value: false, inclusive: true }, to: { value: true, inclusive: true } }

/** The stretch in which every value lies that meets this condition, or `undefined` when there is no such stretch. */
export function boundsOf(operator: keyof Operators, operand: JsonValue, kind: FieldKind): Bounds | undefined {
  switch (operator) {
    case 'lt':
    case 'lte':
      return { from: kindBounds(operand, kind).from, to: { value: operand, inclusive: operator === 'lte' } }
    case 'gt':
    case 'gte':
      return { from: { value: operand, inclusive: operator === 'gte' }, to: kindBounds(operand, kind).to }
    case 'prefix':
      // In a time field the order of the texts is not the order of the field.
      return kind === 'time' || typeof operand !== 'string' ? undefined : prefixBounds(operand)
    default:
      return undefined
  }
}

/** Whether every value within `boundsOf` meets the condition, beside every value that meets it lying within. */
export function isExact(operator: keyof Operators, operand: JsonValue, kind: FieldKind): boolean {
  switch (operator) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return true
    case 'prefix':
      return kind === 'value' && typeof operand === 'string' && !nextAfterPrefix(operand)?.endsWith(afterSurrogates)
    default:
      return false
  }
}

/** What both stretches share. */
export function intersection(left: Bounds, right: Bounds, kind: FieldKind): Bounds {
  return { from: tighter(left.from, right.from, kind, 1), to: tighter(left.to, right.to, kind, -1) }
}

/** Whether no value at all lies in the stretch. */
export function isEmpty({ from, to }: Bounds, kind: FieldKind): boolean {
  if (from === undefined || to === undefined) return false
  const order = comparisonOf(kind)(from.value, to.value)
  return order > 0 || (order === 0 && !(from.inclusive && to.inclusive))
}

/** Whether a value lies in the stretch. */
export function isWithin(value: JsonValue, bounds: Bounds, kind: FieldKind): boolean {
  return isBeyond(value, bounds.from, kind, 1) && isBeyond(value, bounds.to, kind, -1)
}

function isBeyond(value: JsonValue, bound: Bound | undefined, kind: FieldKind, sign: 1 | -1): boolean {
  if (bound === undefined) return true
  const order = comparisonOf(kind)(value, bound.value) * sign
  return order > 0 || (order === 0 && bound.inclusive)
}

/** The stretch of all values of the operand's own kind. */
function kindBounds(operand: JsonValue, kind: FieldKind): Bounds {
  switch (typeof operand) {
    case 'number':
      return numbers
    case 'boolean':
      return booleans
    default:
      return kind === 'time' ? instants : texts
  }
}

function tighter(left: Bound | undefined, right: Bound | undefined, kind: FieldKind, sign: 1 | -1): Bound | undefined {
  if (left === undefined || right === undefined) return left ?? right
  const order = comparisonOf(kind)(left.value, right.value) * sign
  if (order === 0) return left.inclusive ? right : left
  return order > 0 ? left : right
}

function prefixBounds(prefix: string): Bounds {
  const next = nextAfterPrefix(prefix)
  return {
    from: { value: prefix, inclusive: true },
    to: { value: next ?? [], inclusive: false },
  }
}

const lastUnit = 0xffff
const firstSurrogate = 0xd800
const lastHighSurrogate = 0xdbff
const lastSurrogate = 0xdfff
const afterSurrogates = '\ue000'

/**
 * The least well-formed text that is above every text with this prefix; `undefined` when only lists are. Half of a
 * surrogate pair is never made, for an index may keep its texts as UTF-8: the stretch is a little wider then.
 */
function nextAfterPrefix(prefix: string): string | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const unit = prefix.charCodeAt(last)
    if (unit === lastUnit) continue
    const next = unit + 1
    const isHalf = next >= firstSurrogate && unit <= lastSurrogate
    if (!isHalf) return prefix.slice(0, last) + String.fromCharCode(next)
    if (isPair(prefix, last) && unit < lastSurrogate) return prefix.slice(0, last) + String.fromCharCode(next)
    if (!isPair(prefix, last)) return prefix.slice(0, last) + afterSurrogates
  }
  return undefined
}

function isPair(text: string, low: number): boolean {
  const high = text.charCodeAt(low - 1)
  const unit = text.charCodeAt(low)
  return high >= firstSurrogate && high <= lastHighSurrogate && unit > lastHighSurrogate && unit <= lastSurrogate
}
