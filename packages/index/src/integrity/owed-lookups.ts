import type { Index, JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import { fieldValue } from '../keys/field-value.ts'
import { canonical } from '../keys/value-key.ts'
import type { EntryPlace } from './entry-place.ts'

/**
 * Lookups that must lead to this record, of an index of which nothing but its shape is known: by what the record holds in its
 * fields, and by pieces of its text that are others for each slot.
 */
export function* owedLookups(index: Index, slot: Slot, record: StoredRecord): Generator<EntryPlace> {
  for (const probe of probesOf(index, slot, record)) {
    const { equal, from, contains = null } = probe
    yield { key: canonical([...equal, from?.value ?? null, contains]), probe }
  }
}

function* probesOf({ fields, shape, membership, texts }: Index, slot: Slot, record: StoredRecord): Generator<Probe> {
  const values = fields.slice(0, shape.equal).map((field) => fieldValue(record, field))
  const [first] = fields
  const held = fieldValue(record, first ?? '')
  if (texts !== undefined) for (const contains of piecesOf(held, texts.leastUnits, slot)) yield { equal: [], contains }
  const equal = values.flatMap((value) => (value === undefined ? [] : [[value]]))
  if (equal.length < shape.equal) return
  if (membership !== undefined && isArray(held)) {
    for (const element of held) yield { equal: [[element]] }
    return
  }
  if (!shape.range) {
    if (shape.equal > 0) yield { equal }
    return
  }
  const value = fieldValue(record, fields[shape.equal] ?? '')
  if (value !== undefined) yield { equal, from: { value, inclusive: true }, to: { value, inclusive: true } }
}

function* piecesOf(held: JsonValue | undefined, leastUnits: number, slot: Slot): Generator<string> {
  for (const text of isArray(held) ? held : [held]) {
    if (typeof text !== 'string' || text.length < leastUnits) continue
    yield text
    // An item of a list is found whole.
    if (isArray(held)) continue
    const from = (slot * 7) % (text.length - leastUnits + 1)
    yield text.slice(from, from + leastUnits)
  }
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
