import { type Entity, fieldKind, type StoredRecord, type Where } from '@stateward/contract'
import { fieldReader } from '../values/field-reader.ts'
import { testOf } from './condition.ts'
import { operatorsIn } from './where-parts.ts'

/** Whether a record matches. */
export type Predicate = (record: StoredRecord) => boolean

const always: Predicate = () => true

/**
 * Turns a checked filter into one function, once per query; no code is generated. An absent filter and `{}` match every
 * record. What each operator means stands at `Operators` and `Where` of the contract. Trusts its argument: give it what
 * `checkQuery` gave.
 */
export function compilePredicate(where: Where | undefined, entity: Entity): Predicate {
  return where === undefined ? always : allOf(conditionsOf(where, entity))
}

/** Whether `compilePredicate` of this filter matches everything for having no condition at all. */
export function isTrivial(where: Where | undefined): boolean {
  return where === undefined || Object.entries(where).every(([key, value]) => key === 'and' && isTrivialList(value))
}

function isTrivialList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item: Where) => isTrivial(item))
}

function conditionsOf(where: Where, entity: Entity): Predicate[] {
  const all: Predicate[] = []
  for (const key of Object.keys(where)) {
    if (key === 'and')
      all.push(...(where.and ?? []).filter((part) => !isTrivial(part)).map((part) => compilePredicate(part, entity)))
    else if (key === 'or') all.push(anyOf((where.or ?? []).map((part) => compilePredicate(part, entity))))
    else if (key === 'not') all.push(noneOf(compilePredicate(where.not, entity)))
    else all.push(fieldPredicate(key, where[key], entity))
  }
  return all
}

function fieldPredicate(field: string, condition: Where[string], entity: Entity): Predicate {
  const read = fieldReader(field)
  const kind = fieldKind(entity, field)
  const tests = operatorsIn(condition).map(([operator, operand]) => testOf(operator, operand, kind))
  const [first, second] = tests
  if (first === undefined) return always
  if (second === undefined) return (record) => first(read(record))
  return (record) => {
    const value = read(record)
    return tests.every((test) => test(value))
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
