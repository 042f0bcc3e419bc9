import { type Entity, type FieldKind, fieldKind, type JsonValue, type Operators, type Where } from '@stateward/contract'
import { type Identity, identity } from '../values/identity.ts'
import { type Bounds, boundsOf, intersection, isEmpty, isWithin } from './bounds.ts'
import { operatorsIn } from './where-parts.ts'

/** What must hold for one field of every record that matches. */
export interface FieldFacts {
  /** The field holds one of these; each value once. */
  readonly equal: readonly JsonValue[] | undefined
  readonly bounds: Bounds | undefined
  /** `contains` holds for each of these. */
  readonly contains: readonly JsonValue[]
}

/** One condition on one field that must hold by itself. */
export interface FieldCondition {
  readonly field: string
  readonly operator: keyof Operators
  readonly operand: JsonValue
}

/** One part of a filter that must hold by itself: a condition on a field, or an `or` or `not` as a whole. */
export type Conjunct =
  | { readonly on: FieldCondition; readonly where?: never }
  | { readonly on?: never; readonly where: Where }

/** What follows from a filter for each record that matches. It may say too little, never too much. */
export interface Facts {
  readonly fields: ReadonlyMap<string, FieldFacts>
  readonly conjuncts: readonly Conjunct[]
  /** No record can match. */
  readonly impossible: boolean
}

const nothing: FieldFacts = { equal: undefined, bounds: undefined, contains: [] }

/** Reads the facts off a checked filter: the conditions that stand alone or under `and`, and what all branches of an `or` share. */
export function factsOf(where: Where | undefined, entity: Entity): Facts {
  const conjuncts = conjunctsOf(where ?? {})
  const fields = new Map<string, FieldFacts>()
  let impossible = false
  for (const { on, where: part } of conjuncts) {
    if (on !== undefined) {
      fields.set(on.field, withCondition(fields.get(on.field) ?? nothing, on, fieldKind(entity, on.field)))
    } else if (part?.or !== undefined) {
      const branches = part.or.map((branch) => factsOf(branch, entity)).filter((facts) => !facts.impossible)
      if (branches.length === 0) impossible = true
      for (const [name, equal] of sharedEqualities(branches, entity)) {
        fields.set(name, withEqual(fields.get(name) ?? nothing, equal, fieldKind(entity, name)))
      }
    }
  }
  for (const [field, facts] of fields) {
    const kind = fieldKind(entity, field)
    const bounds = facts.bounds
    if (bounds === undefined) impossible ||= facts.equal?.length === 0
    else {
      const equal = facts.equal?.filter((value) => isWithin(value, bounds, kind))
      if (equal !== undefined) fields.set(field, { ...facts, equal })
      impossible ||= isEmpty(bounds, kind) || equal?.length === 0
    }
  }
  return { fields, conjuncts, impossible }
}

function conjunctsOf(where: Where): Conjunct[] {
  const conjuncts: Conjunct[] = []
  addConjuncts(where, conjuncts)
  return conjuncts
}

function addConjuncts(where: Where, conjuncts: Conjunct[]): void {
  for (const field of Object.keys(where)) {
    if (field === 'and') for (const part of where.and ?? []) addConjuncts(part, conjuncts)
    else if (field === 'or') conjuncts.push({ where: { or: where.or ?? [] } })
    else if (field === 'not') conjuncts.push({ where: { not: where.not ?? {} } })
    else {
      for (const [operator, operand] of operatorsIn(where[field])) conjuncts.push({ on: { field, operator, operand } })
    }
  }
}

function withCondition(facts: FieldFacts, { operator, operand }: FieldCondition, kind: FieldKind): FieldFacts {
  if (operator === 'eq') return withEqual(facts, [operand], kind)
  if (operator === 'in') return withEqual(facts, operand as readonly JsonValue[], kind)
  const { equal, bounds, contains } = facts
  if (operator === 'contains') return { equal, bounds, contains: [...contains, operand] }
  const more = boundsOf(operator, operand, kind)
  if (more === undefined) return facts
  return { equal, bounds: bounds === undefined ? more : intersection(bounds, more, kind), contains }
}

function withEqual(facts: FieldFacts, values: readonly JsonValue[], kind: FieldKind): FieldFacts {
  const { equal, bounds, contains } = facts
  if (equal === undefined && values.length === 1) return { equal: values, bounds, contains }
  const distinct = new Map<Identity, JsonValue>()
  for (const value of values) distinct.set(identity(value, kind), value)
  if (equal === undefined) return { equal: [...distinct.values()], bounds, contains }
  return { equal: equal.filter((value) => distinct.has(identity(value, kind))), bounds, contains }
}

/** The fields that every branch holds to certain values, with the values of all branches together. */
function sharedEqualities(branches: readonly Facts[], entity: Entity): Map<string, readonly JsonValue[]> {
  const shared = new Map<string, readonly JsonValue[]>()
  const [first, ...others] = branches
  for (const [field, { equal }] of first?.fields ?? []) {
    if (equal === undefined) continue
    const more = others.map((branch) => branch.fields.get(field)?.equal)
    if (more.every((values) => values !== undefined)) {
      const kind = fieldKind(entity, field)
      const together = withEqual(nothing, [...equal, ...more.flat()], kind).equal ?? []
      shared.set(field, together)
    }
  }
  return shared
}
