import {
  type Bound,
  compareValues,
  type Entity,
  fieldKind,
  type Index,
  type JsonValue,
  type Probe,
  type Slot,
  type StoredRecord,
  sameValue,
} from '@stateward/contract'

export interface NaiveOptions {
  readonly fields: readonly string[]
  /** Order on the last field, equality on those before; without it equality on all. */
  readonly ordered: boolean
  /** Items of lists are entries of their own; for one field only. */
  readonly items?: boolean
  /** Finds texts within the one field, from so many code units on, and nothing else. */
  readonly leastUnits?: number
  /** Slots that every answer holds beside the right ones: what an index may do. */
  readonly alsoGives?: (slot: Slot) => boolean
  readonly estimateFactor?: number
  /** Whether it can be asked of one slot. */
  readonly isSeen?: boolean
}

/** An index that keeps nothing but the records and answers by looking at all of them: what the contract says, word for word. */
export function naiveIndex(entity: Entity, rows: ReadonlyMap<Slot, StoredRecord>, options: NaiveOptions): Index {
  const { fields, ordered, items = false, leastUnits, alsoGives = () => false, estimateFactor = 1 } = options
  const equal = leastUnits !== undefined ? 0 : ordered ? fields.length - 1 : fields.length
  const last = ordered ? fields[equal] : undefined
  const valueIn = (slot: Slot, field: string): JsonValue | undefined => {
    const row = rows.get(slot)
    return row !== undefined && Object.hasOwn(row, field) ? row[field] : undefined
  }

  function isHit(slot: Slot, probe: Probe, withinOnly = false): boolean {
    if (!withinOnly && alsoGives(slot)) return true
    if (leastUnits !== undefined) return containsText(valueIn(slot, fields[0] ?? ''), probe.contains ?? '')
    const named = probe.equal.every((alternatives, at) => {
      const field = fields[at] ?? ''
      const value = valueIn(slot, field)
      if (value === undefined) return false
      const entries: readonly JsonValue[] = items && isList(value) ? value : [value]
      const kind = items ? 'value' : fieldKind(entity, field)
      return entries.some((entry) => alternatives.some((wanted) => sameValue(entry, wanted, kind)))
    })
    if (!named || last === undefined) return named
    const value = valueIn(slot, last)
    return isBeyond(value, probe.from, 1, last) && isBeyond(value, probe.to, -1, last)
  }

  function isBeyond(value: JsonValue | undefined, bound: Bound | undefined, sign: 1 | -1, field: string): boolean {
    if (bound === undefined) return true
    const order = compareValues(value, bound.value, fieldKind(entity, field)) * sign
    return order > 0 || (order === 0 && bound.inclusive)
  }

  function lookup(probe: Probe): Slot[] {
    if (probe.equal.length !== equal) throw new RangeError(`expected ${equal} equal fields, got ${probe.equal.length}`)
    if (last === undefined && (probe.from ?? probe.to) !== undefined) throw new RangeError('expected no bounds')
    if (leastUnits === undefined && probe.contains !== undefined) throw new RangeError('expected no text')
    return [...rows.keys()].filter((slot) => isHit(slot, probe))
  }

  return {
    name: `${items ? 'items of ' : leastUnits ? 'texts of ' : ''}${fields.join('+')}${ordered ? ' in order' : ''}`,
    fields,
    shape: { equal, range: ordered },
    estimate: (probe) => lookup(probe).length * estimateFactor,
    lookup,
    ...(options.isSeen === true && { has: (probe) => (slot) => isHit(slot, probe) }),
    update() {},
    clear() {},
    size: () => rows.size,
    bytes: () => 0,
    ...(last === undefined
      ? {}
      : {
          sorted: {
            scan(direction, probe) {
              if (probe.equal.some((alternatives) => alternatives.length !== 1))
                throw new RangeError('a scan takes one value')
              const sign = direction === 'asc' ? 1 : -1
              return lookup(probe).sort(
                (left, right) =>
                  sign * compareValues(valueIn(left, last), valueIn(right, last), fieldKind(entity, last)) ||
                  compareValues(valueIn(left, 'id'), valueIn(right, 'id')),
              )
            },
          },
        }),
    ...(leastUnits === undefined ? {} : { texts: { leastUnits } }),
    ...(items
      ? { membership: { holdsTexts: () => [...rows.keys()].some((slot) => isText(valueIn(slot, fields[0] ?? ''))) } }
      : {}),
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string'
}

function containsText(value: JsonValue | undefined, asked: string): boolean {
  return (typeof value === 'string' || (value !== undefined && isList(value))) && value.includes(asked)
}
