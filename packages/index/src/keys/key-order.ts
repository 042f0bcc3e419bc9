import { compareKeys, type FieldKind, type JsonValue, orderKey } from '@stateward/contract'
import { microsOf, microsText } from './instant-micros.ts'
import { canonical } from './value-key.ts'

/** A number in a field of times, where a bare number stands for an instant. */
class PlainNumber {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A value as an ordered index keeps it: a number wherever that is possible, since numbers compare fast and pack well. */
export type Key = JsonValue | PlainNumber | undefined

/** A key as a text that `textKey` reads again. */
export function keyText(key: Key): string {
  if (key === undefined) return ''
  return key instanceof PlainNumber ? `n${canonical(key.value)}` : `v${canonical(key)}`
}

export function textKey(text: string): Key {
  if (text === '') return undefined
  const value = JSON.parse(text.slice(1))
  return text.startsWith('n') ? new PlainNumber(value) : value
}

/** How the keys of one field are made and compared; the order is that of `compareValues`. */
export interface KeyOrder {
  keyOf(value: JsonValue | undefined): Key
  compare(left: Key, right: Key): number
}

export function keyOrder(kind: FieldKind): KeyOrder {
  return kind === 'time' ? timeOrder : valueOrder
}

const valueOrder: KeyOrder = {
  keyOf: (value) => value,
  compare(left, right) {
    if (typeof left === 'number' && typeof right === 'number') return compareNumbers(left, right)
    return compareKeys(plainKey(left), plainKey(right))
  },
}

const timeOrder: KeyOrder = {
  keyOf(value) {
    if (typeof value === 'number') return new PlainNumber(value)
    if (typeof value !== 'string') return value
    return microsOf(value) ?? orderKey(value, 'time')
  },
  compare(left, right) {
    if (typeof left === 'number' && typeof right === 'number') return compareNumbers(left, right)
    return compareKeys(timeKey(left, right), timeKey(right, left))
  },
}

/** The value that a key stands for, where it is none of an instant. */
export function plainKey(key: Key): JsonValue | undefined {
  return key instanceof PlainNumber ? key.value : key
}

/** Where the other side is no text, any text will do: its kind decides. */
const someText = '\0'

/** What `orderKey` gives for the value that this key stands for, as far as a comparison with the other key needs it. */
function timeKey(key: Key, other: Key): JsonValue | undefined {
  if (typeof key !== 'number') return plainKey(key)
  return typeof other === 'string' ? `\0${microsText(key)}` : someText
}

function compareNumbers(left: number, right: number): number {
  if (left < right) return -1
  return left > right ? 1 : 0
}
