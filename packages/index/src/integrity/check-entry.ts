import type { Probe, Slot, StoredRecord } from '@stateward/contract'
import type { FieldIndex } from '../indexes/field-index.ts'
import { fieldValue } from '../keys/field-value.ts'
import { valueKey } from '../keys/value-key.ts'
import { expectationOf } from './expectation.ts'

/** Records that an index must give for one probe; `key` tells the places of an index from each other. */
export interface EntryPlace {
  readonly key: string
  readonly probe: Probe
}

export interface EntryCheck {
  /** How many entries the index owes to the record. */
  readonly entries: number
  /** Whether each was found, where it was looked for. */
  readonly ok: boolean
  /** Places with too many records to look for one among them. */
  readonly crowded: readonly EntryPlace[]
}

/** Among more records than this, one is not looked for. */
export const mostLooked = 64

/** Before null, and behind nothing at all, is absence. */
const beforeNull = { value: null, inclusive: false }

/** Looks for the entries of one record in an index, each where few records share its place: O(log n). */
export function checkEntry(index: FieldIndex, slot: Slot, record: StoredRecord): EntryCheck {
  if (index.itself !== undefined) return { ...index.itself.holds(slot, record), crowded: [] }
  const { entries, groups } = expectationOf(index, [[slot, record]])
  const crowded: EntryPlace[] = []
  let ok = true
  for (const [group, { values, slots }] of groups) {
    if (slots.length === 0) continue
    const place = placeOf(index, group, values, record)
    if (index.estimate(place.probe) <= mostLooked) ok &&= holds(index.lookup(place.probe), slot)
    else if (!isApproximate(index, values)) crowded.push(place)
  }
  return { entries, ok, crowded }
}

function placeOf(index: FieldIndex, group: string, values: Probe['equal'][number], record: StoredRecord): EntryPlace {
  const equal = values.map((value) => [value])
  if (!index.shape.range) return { key: group, probe: { equal } }
  const within = fieldValue(record, index.fields[index.shape.equal] ?? '')
  if (within === undefined) return { key: group, probe: { equal, to: beforeNull } }
  const bound = { value: within, inclusive: true }
  const key = `${group.length}:${group}${valueKey(within, index.kinds[index.shape.equal] ?? 'value')}`
  return { key, probe: { equal, from: bound, to: bound } }
}

/** An array as a whole is found by one of its elements. */
function isApproximate({ membership }: FieldIndex, values: Probe['equal'][number]): boolean {
  return membership !== undefined && values.some(Array.isArray)
}

function holds(slots: Iterable<Slot>, slot: Slot): boolean {
  for (const one of slots) if (one === slot) return true
  return false
}
