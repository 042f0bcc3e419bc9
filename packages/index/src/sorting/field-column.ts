import type { FieldKind, JsonValue, Slot } from '@stateward/contract'
import { type Key, keyOrder, keyText, plainKey } from '../keys/key-order.ts'
import { mergeSorted } from './merge-sorted.ts'
import { numbersBelow, rowsPerStep, type Steps } from './steps.ts'

// What a row holds.
const nothing = 0
const number = 1
const code = 2
const firstRows = 1_024
/** Values beyond this are looked through before there are more: most of them may have been replaced. */
const firstBound = 65_536

/** What each record of a type holds in one field, as keys of its kind: nine bytes a slot, and every value that is no number once. */
export class FieldColumn {
  readonly #kind: FieldKind
  #forms = new Uint8Array(firstRows)
  /** The number, or the code of the value. */
  #numbers = new Float64Array(firstRows)
  #values: Key[] = []
  readonly #texts = new Map<string, number>()
  readonly #others = new Map<string, number>()
  #bound = firstBound

  constructor(kind: FieldKind) {
    this.#kind = kind
  }

  set(slot: Slot, value: JsonValue | undefined): void {
    if (slot >= this.#forms.length) this.#grow(slot)
    if (value === undefined) {
      this.#forms[slot] = nothing
      return
    }
    const key = this.#kind === 'time' ? keyOrder('time').keyOf(value) : value
    const isNumber = typeof key === 'number'
    this.#numbers[slot] = isNumber ? key : this.#codeOf(key)
    this.#forms[slot] = isNumber ? number : code
  }

  /** As `KeyOrder.keyOf` gives it for what the record holds; `undefined` for nothing. Equal keys of one column that are no numbers are one and the same. */
  key(slot: Slot): Key {
    const form = this.#forms[slot] ?? nothing
    if (form === nothing) return undefined
    const held = this.#numbers[slot] ?? 0
    return form === number ? held : this.#values[held]
  }

  /** As the record holds it, in a column of the kind `value`; null for nothing. */
  value(slot: Slot): JsonValue {
    return plainKey(this.key(slot)) ?? null
  }

  /** The keys of these slots, in a longer array, where all are numbers. */
  numbers(slots: Uint32Array, length: number): Float64Array | undefined {
    const numbers = new Float64Array(length)
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] ?? 0
      if (this.#forms[slot] !== number) return undefined
      numbers[at] = this.#numbers[slot] ?? 0
    }
    return numbers
  }

  /** The code of the value in this slot, in a column that has no numbers there: equal values have one code. */
  codeAt(slot: Slot): number | undefined {
    return this.#forms[slot] === code ? this.#numbers[slot] : undefined
  }

  /** How many values it has codes for. */
  get codes(): number {
    return this.#values.length
  }

  /** Numbers that compare as the keys of these slots do, `NaN` for nothing; `undefined` where there are none, as numbers and others are mixed. */
  *ranks(slots: Uint32Array): Steps<Float64Array | undefined> {
    let hasNumbers = false
    let hasCodes = false
    for (const [at, slot] of slots.entries()) {
      if (at % rowsPerStep === 0) yield
      hasNumbers ||= this.#forms[slot] === number
      hasCodes ||= this.#forms[slot] === code
    }
    if (hasNumbers && hasCodes) return undefined
    const ranks = hasCodes ? yield* this.#ranksOfCodes() : undefined
    const keys = new Float64Array(slots.length)
    for (const [at, slot] of slots.entries()) {
      if (at % rowsPerStep === 0) yield
      const held = this.#numbers[slot] ?? 0
      keys[at] = this.#forms[slot] === undefined || this.#forms[slot] === nothing ? Number.NaN : (ranks?.[held] ?? held)
    }
    return keys
  }

  *#ranksOfCodes(): Steps<Float64Array> {
    const { compare } = keyOrder(this.#kind)
    const byCode = (a: number, b: number): number => compare(this.#values[a], this.#values[b])
    const codes = yield* mergeSorted(yield* numbersBelow(this.#values.length), byCode)
    const ranks = new Float64Array(codes.length)
    for (let at = 1; at < codes.length; at++) {
      if (at % rowsPerStep === 0) yield
      const before = codes[at - 1] ?? 0
      const here = codes[at] ?? 0
      ranks[here] = (ranks[before] ?? 0) + (byCode(before, here) === 0 ? 0 : 1)
    }
    return ranks
  }

  #codeOf(key: Key): number {
    const known = typeof key === 'string' ? this.#texts.get(key) : this.#others.get(keyText(key))
    if (known !== undefined) return known
    if (this.#values.length >= this.#bound) this.#forgetReplaced()
    const next = this.#values.push(key) - 1
    if (typeof key === 'string') this.#texts.set(key, next)
    else this.#others.set(keyText(key), next)
    return next
  }

  /** Keeps only the values that a slot still holds. */
  #forgetReplaced(): void {
    const former = this.#values
    this.#values = []
    this.#texts.clear()
    this.#others.clear()
    this.#bound = Number.POSITIVE_INFINITY
    for (let slot = 0; slot < this.#forms.length; slot++) {
      if (this.#forms[slot] === code) this.#numbers[slot] = this.#codeOf(former[this.#numbers[slot] ?? 0])
    }
    this.#bound = Math.max(firstBound, this.#values.length * 2)
  }

  #grow(slot: Slot): void {
    const rows = Math.max(slot + 1, this.#forms.length * 2)
    const forms = new Uint8Array(rows)
    const numbers = new Float64Array(rows)
    forms.set(this.#forms)
    numbers.set(this.#numbers)
    this.#forms = forms
    this.#numbers = numbers
  }
}
