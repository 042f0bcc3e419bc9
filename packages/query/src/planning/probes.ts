import {
  type Entity,
  type FieldKind,
  fieldKind,
  type Index,
  type JsonValue,
  limits,
  type Probe,
} from '@stateward/contract'
import { comparisonOf } from '../values/order.ts'
import { type Bounds, boundsOf, everything, isExact } from './bounds.ts'
import type { Facts, FieldCondition, FieldFacts } from './facts.ts'

/**
 * What the answer of an exact index to a probe does about a condition: nothing is left to check (`wholly`), some records
 * that fail it are left out (`partly`), or nothing is known (`not`).
 */
export type Coverage = (condition: FieldCondition) => 'wholly' | 'partly' | 'not'

export const always = (): boolean => true

/** A question to an index and the conditions that its answer takes care of. */
export interface Probing {
  readonly equal: Probe['equal']
  readonly bounds: Bounds
  readonly contains?: string
  readonly covers: Coverage
  /** Whether each leading field is held to one value. */
  readonly single: boolean
  /** Whether anything narrows the answer at all. */
  readonly narrows: boolean
  /** As in `Plan`. */
  readonly isRight: () => boolean
}

/** What the facts let this index be asked, or `undefined` when they do not name all of its leading fields. */
export function probeOf(index: Index, facts: Facts, entity: Entity): Probing | undefined {
  const { fields, shape, membership } = index
  const equal: (readonly JsonValue[])[] = []
  let combinations = 1
  for (let at = 0; at < shape.equal; at++) {
    const field = fields[at] ?? ''
    const values = facts.fields.get(field)?.equal
    if (values === undefined) return undefined
    if (membership !== undefined && !areEntries(values, fieldKind(entity, field))) return undefined
    combinations *= values.length
    equal.push(values)
  }
  if (combinations > limits.inValues) return undefined
  const next = shape.range ? fields[shape.equal] : undefined
  const kind = next === undefined ? 'value' : fieldKind(entity, next)
  const nextFacts = next === undefined ? undefined : facts.fields.get(next)
  const bounds = nextFacts === undefined ? everything : boundsFrom(nextFacts, kind)
  return {
    equal,
    bounds,
    single: combinations === 1,
    isRight: always,
    narrows: equal.length > 0 || bounds.from !== undefined || bounds.to !== undefined,
    covers: (condition) => {
      if (condition.field === next) return coverageByRange(condition, nextFacts, kind)
      if (!isEquality(condition) || fields.indexOf(condition.field) >= shape.equal) return 'not'
      // A list that holds the value is found beside the value itself.
      return fields.includes(condition.field) ? (membership === undefined ? 'wholly' : 'partly') : 'not'
    },
  }
}

/** The probe as an index takes it: ends that are open are left out. */
export function probeWithin(equal: Probe['equal'], { from, to }: Bounds): Probe {
  if (from === undefined) return to === undefined ? { equal } : { equal, to }
  return to === undefined ? { equal, from } : { equal, from, to }
}

/** The values to look for in lists, one lookup each, that answer the `contains` conditions of a field. */
export function membershipProbes(index: Index, facts: Facts): readonly Probing[] {
  const [field] = index.fields
  const { membership } = index
  if (membership === undefined || field === undefined || index.fields.length !== 1 || index.shape.equal !== 1) return []
  const wanted = facts.fields.get(field)?.contains ?? []
  return wanted
    .filter((value) => typeof value !== 'string' || !membership.holdsTexts())
    .map((value) => ({
      equal: [[value]],
      bounds: everything,
      single: true,
      narrows: true,
      isRight: typeof value === 'string' ? () => !membership.holdsTexts() : always,
      covers: ({ field: name, operator, operand }) =>
        name === field && operator === 'contains' && operand === value ? 'partly' : 'not',
    }))
}

/** A filter may name a thousand; each is weighed against all. */
const mostTexts = 16

/** The texts to look for in the texts of a field, one lookup each. Whether they are there is left to check. */
export function textProbes(index: Index, facts: Facts): readonly Probing[] {
  const [field] = index.fields
  const { texts } = index
  if (texts === undefined || field === undefined) return []
  const wanted = (facts.fields.get(field)?.contains ?? []).filter((one) => typeof one === 'string')
  return wanted
    .filter((text) => text.length >= texts.leastUnits)
    .slice(0, mostTexts)
    .map((text) => ({
      equal: [],
      bounds: everything,
      contains: text,
      single: true,
      narrows: true,
      isRight: always,
      covers: ({ field: name, operator, operand }) =>
        name === field && operator === 'contains' && operand === text ? 'partly' : 'not',
    }))
}

/** The values of a set lie between its least and its greatest. */
function boundsFrom(facts: FieldFacts, kind: FieldKind): Bounds {
  const [first, ...others] = facts.equal ?? []
  if (first === undefined) return facts.bounds ?? everything
  const compare = comparisonOf(kind)
  let [least, greatest] = [first, first]
  for (const value of others) {
    if (compare(value, least) < 0) least = value
    if (compare(value, greatest) > 0) greatest = value
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
