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
import { type Bounds, boundsOf, intersection, isExact } from './bounds.ts'
import type { Facts, FieldCondition, FieldFacts } from './facts.ts'

/**
 * What the answer of an exact index to a probe does about a condition: nothing is left to check (`wholly`), some records
 * that fail it are left out (`partly`), or nothing is known (`not`).
 */
export type Coverage = (condition: FieldCondition) => 'wholly' | 'partly' | 'not'

/** A question to an index and the conditions that its answer takes care of. */
export interface Probing {
  readonly probe: Probe
  readonly covers: Coverage
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
    if (index.membership !== undefined && !areEntries(values, fieldKind(entity, field))) return undefined
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
    covers: (condition) => {
      if (condition.field === next) return coverageByRange(condition, nextFacts, kind)
      if (!leading.includes(condition.field) || !isEquality(condition)) return 'not'
      // A list that holds the value is found beside the value itself.
      return index.membership === undefined ? 'wholly' : 'partly'
    },
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
      covers: (condition) =>
        condition.field === field && condition.operator === 'contains' && condition.operand === value
          ? 'partly'
          : 'not',
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

/** A stretch stands for a set of values only when the set has one; a range or a prefix it stands for by itself. */
function coverageByRange(
  condition: FieldCondition,
  facts: FieldFacts | undefined,
  kind: FieldKind,
): ReturnType<Coverage> {
  const { operator, operand } = condition
  if (facts?.equal !== undefined) return !isEquality(condition) ? 'not' : facts.equal.length === 1 ? 'wholly' : 'partly'
  if (boundsOf(operator, operand, kind) === undefined) return 'not'
  return isExact(operator, operand, kind) ? 'wholly' : 'partly'
}

function isEquality({ operator }: FieldCondition): boolean {
  return operator === 'eq' || operator === 'in'
}

/**
 * Whether an index of the items of lists finds these values as values of the field: a list as a whole may be no entry,
 * and items compare as they are, not as instants.
 */
function areEntries(values: readonly JsonValue[], kind: FieldKind): boolean {
  return kind === 'value' && !values.some((value) => Array.isArray(value))
}
