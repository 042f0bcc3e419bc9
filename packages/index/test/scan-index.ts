import {
  compareValues,
  type FieldKind,
  type Index,
  type JsonValue,
  type Probe,
  type Slot,
  type StoredRecord,
  sameValue,
} from '@stateward/contract'

export interface ScanIndexOptions {
  readonly fields: readonly string[]
  readonly kinds: readonly FieldKind[]
  /** How many leading fields are asked by equality. */
  readonly equal: number
  /** Whether the elements of an array are found too. */
  readonly elements?: boolean
}

type Row = readonly [slot: Slot, record: StoredRecord]

/** What every index of this package must agree with: a list of all records, looked through and sorted at every question. */
export function scanIndex({ fields, kinds, equal, elements = false }: ScanIndexOptions): Index {
  const records = new Map<Slot, StoredRecord>()
  const lastField = fields[equal] ?? ''
  const lastKind = kinds[equal] ?? 'value'

  const holds = (record: StoredRecord, at: number, alternatives: readonly JsonValue[]): boolean => {
    const value = own(record, fields[at] ?? '')
    if (value === undefined) return false
    const held = elements && Array.isArray(value) ? [value, ...value] : [value]
    return held.some((one) => alternatives.some((alternative) => sameValue(one, alternative, kinds[at])))
  }

  const isWithin = (value: JsonValue | undefined, { from, to }: Probe): boolean => {
    const fromOrder = from === undefined ? 1 : compareValues(value, from.value, lastKind)
    const toOrder = to === undefined ? -1 : compareValues(value, to.value, lastKind)
    return (
      (fromOrder > 0 || (fromOrder === 0 && from?.inclusive === true)) &&
      (toOrder < 0 || (toOrder === 0 && to?.inclusive === true))
    )
  }

  const matching = (probe: Probe): Row[] =>
    [...records].filter(
      ([, record]) =>
        probe.equal.every((alternatives, at) => holds(record, at, alternatives)) &&
        fields.slice(0, equal).every((field) => own(record, field) !== undefined) &&
        isWithin(own(record, lastField), probe),
    )

  const slotsOf = (rows: readonly Row[]): Slot[] => rows.map(([slot]) => slot)

  return {
    name: 'scan',
    fields,
    shape: { equal, range: true },
    estimate: (probe) => matching(probe).length,
    lookup: (probe) => slotsOf(matching(probe)),
    update(slot, _before, after) {
      if (after === undefined) records.delete(slot)
      else records.set(slot, after)
    },
    clear: () => records.clear(),
    size: () => matching({ equal: [] }).length,
    bytes: () => 0,
    sorted: {
      scan(direction, probe) {
        const sign = direction === 'asc' ? 1 : -1
        const rows = matching(probe).sort(
          ([, left], [, right]) =>
            sign * compareValues(own(left, lastField), own(right, lastField), lastKind) ||
            compareValues(left.id, right.id),
        )
        return slotsOf(rows)
      },
    },
  }
}

function own(record: StoredRecord, field: string): JsonValue | undefined {
  return Object.hasOwn(record, field) ? record[field] : undefined
}
