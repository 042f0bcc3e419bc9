import type { FieldKind, JsonValue, Slot } from '@stateward/contract'
import { fieldValue } from '../keys/field-value.ts'
import { valueKey } from '../keys/value-key.ts'

/** A field of a record that is looked for, and the values of which it has one. */
export interface Sifted {
  readonly field: string
  readonly kind: FieldKind
  readonly values: readonly JsonValue[]
}

type Fields = Readonly<Record<string, JsonValue | undefined>>

const unknown = 0
const absent = 1
const firstOfValues = 2
const fingerprints = 256
/** Columns of one table; the one that was wanted longest ago makes room. */
const mostColumns = 8
/** Of a long text so many letters at either end, and its length, make the fingerprint. */
const lettersOfAnEnd = 32
const growth = 1.25

/**
 * One byte a slot for each of the few fields that queries look for without an index: a fingerprint of the value, or that it
 * is not known. Most records that do not match are told by it without being read; one in 254 of them is not. It fills while
 * records are read, and whoever changes a record has its bytes forgotten: what is not known is looked at.
 */
export class Fingerprints {
  /** The one wanted last stands last. */
  #columns: Column[] = []

  /** Tells slots that cannot hold what is looked for; gives each of the fields a column. */
  sieve(sifted: readonly Sifted[]): Sieve {
    return new Sieve(sifted.map((one) => ({ column: this.#columnOf(one), passes: passesOf(one) })))
  }

  /** The record in this slot is this one. O(columns). */
  learn(slot: Slot, record: Fields): void {
    for (const column of this.#columns) column.learn(slot, record)
  }

  /** There is another record, or none, in this slot. O(columns). */
  forget(slot: Slot): void {
    for (const column of this.#columns) column.forget(slot)
  }

  /** The fields whose fingerprint is known for this slot and is not that of this record. */
  liesAbout(slot: Slot, record: Fields): readonly string[] {
    return this.#columns.filter((column) => column.liesAbout(slot, record)).map(({ field }) => field)
  }

  /** Knows nothing any more. */
  clear(): void {
    for (const column of this.#columns) column.clear()
    this.#columns = []
  }

  get bytes(): number {
    return this.#columns.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  #columnOf({ field, kind }: Sifted): Column {
    const known = this.#columns.find((one) => one.field === field)
    const column = known ?? new Column(field, kind)
    this.#columns = [...this.#columns.filter((one) => one !== column), column]
    if (this.#columns.length > mostColumns) this.#columns.shift()?.clear()
    return column
  }
}

/** What tells slots for one query. It stays right while records change: of what it does not know any more it says that it may match. */
export class Sieve {
  readonly #parts: readonly { readonly column: Column; readonly passes: Uint8Array }[]

  constructor(parts: readonly { readonly column: Column; readonly passes: Uint8Array }[]) {
    this.#parts = parts
  }

  mayMatch(slot: Slot): boolean {
    const parts = this.#parts
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]
      if (part !== undefined && part.passes[part.column.bytes[slot] ?? unknown] === 0) return false
    }
    return true
  }

  /** The first slot from this one on, below `end`, that may match; else `end`. */
  next(from: Slot, end: Slot): Slot {
    const [first] = this.#parts
    if (first === undefined) return from
    const { passes } = first
    const { bytes } = first.column
    for (let slot = from; slot < end; slot++) {
      // One look at a byte tells most of them: whatever is done for each slot is what a scan costs.
      if (passes[bytes[slot] ?? unknown] === 1 && this.mayMatch(slot)) return slot
    }
    return end
  }
}

class Column {
  readonly field: string
  readonly #kind: FieldKind
  bytes: Uint8Array = new Uint8Array(0)

  constructor(field: string, kind: FieldKind) {
    this.field = field
    this.#kind = kind
  }

  learn(slot: Slot, record: Fields): void {
    if ((this.bytes[slot] ?? unknown) !== unknown) return
    if (slot >= this.bytes.length) this.#grow(slot + 1)
    this.bytes[slot] = fingerprintOf(fieldValue(record, this.field), this.#kind)
  }

  forget(slot: Slot): void {
    if (slot < this.bytes.length) this.bytes[slot] = unknown
  }

  liesAbout(slot: Slot, record: Fields): boolean {
    const known = this.bytes[slot] ?? unknown
    return known !== unknown && known !== fingerprintOf(fieldValue(record, this.field), this.#kind)
  }

  clear(): void {
    this.bytes = new Uint8Array(0)
  }

  #grow(slots: number): void {
    const grown = new Uint8Array(Math.ceil(slots * growth))
    grown.set(this.bytes)
    this.bytes = grown
  }
}

/** By fingerprint: 1 where a record that has it may match. What is unknown may. */
function passesOf({ values, kind }: Sifted): Uint8Array {
  const passes = new Uint8Array(fingerprints)
  passes[unknown] = 1
  for (const value of values) passes[fingerprintOf(value, kind)] = 1
  return passes
}

function fingerprintOf(value: JsonValue | undefined, kind: FieldKind): number {
  if (value === undefined) return absent
  return firstOfValues + (hashOf(valueKey(value, kind)) % (fingerprints - firstOfValues))
}

/** FNV-1a over UTF-16 code units; source: draft-eastlake-fnv. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 ^ text.length
  const firstEnd = Math.min(text.length, lettersOfAnEnd)
  for (let at = 0; at < firstEnd; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  for (let at = Math.max(firstEnd, text.length - lettersOfAnEnd); at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
