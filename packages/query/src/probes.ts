import {
  compareValues,
  type Entity,
  type FieldKind,
  fieldKind,
  type Index,
  type JsonValue,
  limits,
  type Probe,
} from '@stateward/contract'
import { type Bounds, intersection } from './bounds.ts'
import type { Facts, FieldFacts } from './facts.ts'

const rangeOperators: ReadonlySet<string> = new Set(['lt', 'lte', 'gt', 'gte'])

/** A question to an index and the conditions that its answer takes care of. */
export interface Probing {
  readonly probe: Probe
  readonly covers: (field: string, operator: string) => boolean
  /** Whether each leading field is held to one value. */
  readonly single: boolean
  /** Whether anything narrows the answer at all. */
  readonly narrows: boolean
}

/** What the facts let this index be asked, or `undefined` when they do not name all of its leading fields. */
export function probeOf(index: Index, facts: Facts, entity: Entity, cursor: Bounds = {}): Probing | undefined {
  const leading = index.fields.slice(0, index.shape.equal)
  const equal: (readonly JsonValue[])[] = []
  let combinations = 1
  for (const field of leading) {
    const values = facts.fields.get(field)?.equal
    if (values === undefined) return undefined
    // Where each item of a list is an entry of its own, the list as a whole may be none.
    if (index.membership !== undefined && values.some((value) => Array.isArray(value))) return undefined
    combinations *= values.length
    if (combinations > limits.inValues) return undefined
    equal.push(values)
  }
  const next = index.shape.range ? index.fields[index.shape.equal] : undefined
  const kind = next === undefined ? 'value' : fieldKind(entity, next)
  const nextFacts = next === undefined ? undefined : facts.fields.get(next)
  const bounds = nextFacts === undefined ? {} : boundsFrom(nextFacts, kind)
  return {
    probe: { equal, ...intersection(bounds, cursor, kind) },
    single: equal.every((values) => values.length === 1),
    narrows: equal.length > 0 || bounds.from !== undefined || bounds.to !== undefined,
    covers: (field, operator) =>
      (leading.includes(field) && (operator === 'eq' || operator === 'in')) ||
      (field === next && coversRange(operator, nextFacts, kind)),
  }
}

/** The lookups of single values in lists that answer the `contains` conditions of a field. */
export function membershipProbes(index: Index, facts: Facts): Probing[] {
  const [field] = index.fields
  const { membership } = index
  if (membership === undefined || field === undefined || index.fields.length !== 1 || index.shape.equal !== 1) return []
  const wanted = facts.fields.get(field)?.contains ?? []
  return wanted
    .filter((value) => typeof value !== 'string' || !membership.holdsTexts())
    .map((value) => ({
      probe: { equal: [[value]] },
      single: true,
      narrows: true,
      covers: (name, operator) => name === field && operator === 'contains' && wanted.length === 1,
    }))
}

/** The values of a set lie between its least and its greatest. */
function boundsFrom(facts: FieldFacts, kind: FieldKind): Bounds {
  const [first, ...others] = facts.equal ?? []
  if (first === undefined) return facts.bounds ?? {}
  let [least, greatest] = [first, first]
  for (const value of others) {
    if (compareValues(value, least, kind) < 0) least = value
    if (compareValues(value, greatest, kind) > 0) greatest = value
  }
  return { from: { value: least, inclusive: true }, to: { value: greatest, inclusive: true } }
}

/** A stretch stands for a set of values only when the set has one; a range or a prefix it stands for wholly. */
function coversRange(operator: string, facts: FieldFacts | undefined, kind: FieldKind): boolean {
  if (facts === undefined) return false
  if (facts.equal !== undefined) return facts.equal.length === 1 && (operator === 'eq' || operator === 'in')
  return rangeOperators.has(operator) || (operator === 'prefix' && kind === 'value')
}
