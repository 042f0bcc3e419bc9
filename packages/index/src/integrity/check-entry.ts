import type { Probe, Slot, StoredRecord } from '@stateward/contract'
import type { FieldIndex, KeptIndex } from '../indexes/field-index.ts'
import { fieldValue } from '../keys/field-value.ts'
import { valueKey } from '../keys/value-key.ts'
import type { EntryPlace } from './entry-place.ts'
import { expectationOf } from './expectation.ts'
import { owedLookups } from './owed-lookups.ts'

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
export function checkEntry(index: KeptIndex, slot: Slot, record: StoredRecord): EntryCheck {
  if (index.isCustom === true) return checkLookups(index, slot, record)
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

function checkLookups(index: KeptIndex, slot: Slot, record: StoredRecord): EntryCheck {
  const crowded: EntryPlace[] = []
  let ok = true
  for (const place of owedLookups(index, slot, record)) {
    if (index.estimate(place.probe) > mostLooked) crowded.push(place)
    else ok &&= holds(index.lookup(place.probe), slot)
  }
  return { entries: 0, ok, crowded }
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
