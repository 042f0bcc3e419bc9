import { type Entity, fieldKind, type StoredRecord, type Where } from '@stateward/contract'
import { fieldReader } from '../values/field-reader.ts'
import { testOf } from './condition.ts'
import { operatorsIn } from './where-parts.ts'

/** Whether a record matches. */
export type Predicate = (record: StoredRecord) => boolean

/** Makes the predicate of any filter that differs from the one it was made of in values alone. */
export type PredicateMaker = (where: Where) => Predicate

const always: Predicate = () => true

/**
 * Turns a checked filter into one function, once per query; no code is generated. An absent filter and `{}` match every
 * record. What each operator means stands at `Operators` and `Where` of the contract. Trusts its argument: give it what
 * `checkQuery` gave.
 */
export function compilePredicate(where: Where | undefined, entity: Entity): Predicate {
  return where === undefined ? always : predicateMaker(where, entity)(where)
}

/** Whether `compilePredicate` of this filter matches everything for having no condition at all. */
export function isTrivial(where: Where | undefined): boolean {
  return where === undefined || Object.entries(where).every(([key, value]) => key === 'and' && isTrivialList(value))
}

function isTrivialList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item: Where) => isTrivial(item))
}

/** As `compilePredicate`, in two steps: what does not hang on the values is done in the first one. */
export function predicateMaker(sample: Where, entity: Entity): PredicateMaker {
  const makers = Object.keys(sample).flatMap((key) => conditionMakers(key, sample, entity))
  const [only] = makers
  if (only !== undefined && makers.length === 1) return only
  return (where) => allOf(makers.map((make) => make(where)))
}

function conditionMakers(key: string, sample: Where, entity: Entity): PredicateMaker[] {
  if (key === 'and') {
    return (sample.and ?? []).flatMap((part, at) => {
      if (isTrivial(part)) return []
      const make = predicateMaker(part, entity)
      return [(where: Where) => make(where.and?.[at] ?? {})]
    })
  }
  if (key === 'or') {
    const makers = (sample.or ?? []).map((part) => predicateMaker(part, entity))
    return [(where) => anyOf(makers.map((make, at) => make(where.or?.[at] ?? {})))]
  }
  if (key === 'not') {
    const make = predicateMaker(sample.not ?? {}, entity)
    return [(where) => noneOf(make(where.not ?? {}))]
  }
  return [fieldPredicateMaker(key, entity)]
}

function fieldPredicateMaker(field: string, entity: Entity): PredicateMaker {
  const read = fieldReader(field)
  const kind = fieldKind(entity, field)
  return (where) => {
    const tests = operatorsIn(where[field]).map(([operator, operand]) => testOf(operator, operand, kind))
    const [first, second] = tests
    if (first === undefined) return always
    if (second === undefined) return (record) => first(read(record))
    return (record) => {
      const value = read(record)
      return tests.every((test) => test(value))
    }
  }
}

function allOf(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts
  if (first === undefined) return always
  if (second === undefined) return first
  if (parts.length === 2) return (record) => first(record) && second(record)
  return (record) => parts.every((part) => part(record))
}

function anyOf(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (record) => first(record) || second(record)
  }
  return (record) => parts.some((part) => part(record))
}

function noneOf(part: Predicate): Predicate {
  return (record) => !part(record)
}
