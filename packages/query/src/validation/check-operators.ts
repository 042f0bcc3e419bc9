import { type Entity, fieldKind, instantKey, type JsonValue, type Operators } from '@stateward/contract'
import { isWrittenInstant } from '../values/written-instant.ts'
import { type Counts, checkValue } from './check-value.ts'
import { didYouMean } from './did-you-mean.ts'
import { invalid, shown } from './refusal.ts'

type Check = (operand: unknown, at: Place) => JsonValue

interface Place {
  readonly field: string
  readonly entity: Entity
  readonly path: string
  readonly counts: Counts
}

const anyValue: Check = (operand, { path, counts }) => checkValue(operand, path, counts)

const listOfValues: Check = (operand, { path, counts }) => {
  if (!Array.isArray(operand)) throw invalid(`${path}: expected a list of values, found ${shown(operand)}`, { path })
  return checkValue(operand, path, counts)
}

const comparable: Check = (operand, { field, entity, path, counts }) => {
  if (typeof operand !== 'string' && typeof operand !== 'number' && typeof operand !== 'boolean') {
    throw invalid(`${path}: expected a number, a text or a boolean to compare with, found ${shown(operand)}`, { path })
  }
  if (
    fieldKind(entity, field) === 'time' &&
    (typeof operand !== 'string' || !(isWrittenInstant(operand) || instantKey(operand) !== undefined))
  ) {
    throw invalid(
      `${path}: expected a date-time with a zone such as 2026-01-31T09:30:00Z, because ${field} compares as time; found ${shown(operand)}`,
      { path },
    )
  }
  return checkValue(operand, path, counts)
}

const text: Check = (operand, { path, counts }) => {
  if (typeof operand !== 'string') throw invalid(`${path}: expected a text, found ${shown(operand)}`, { path })
  return checkValue(operand, path, counts)
}

const yesOrNo: Check = (operand, { path }) => {
  if (typeof operand === 'boolean') return operand
  throw invalid(`${path}: expected true or false, found ${shown(operand)}`, { path })
}

const checks: ReadonlyMap<string, Check> = new Map<keyof Operators, Check>([
  ['eq', anyValue],
  ['ne', anyValue],
  ['in', listOfValues],
  ['lt', comparable],
  ['lte', comparable],
  ['gt', comparable],
  ['gte', comparable],
  ['contains', anyValue],
  ['prefix', text],
  ['exists', yesOrNo],
])

const names = [...checks.keys()]

/** A copy of the operators on one field. Throws `INVALID` for an unknown operator, an operand of the wrong kind, or none. */
export function checkOperators(operators: Readonly<Record<string, unknown>>, at: Place): Operators {
  const keys = Object.keys(operators)
  if (keys.length === 0) {
    throw invalid(
      `${at.path}: expected at least one operator, found an empty object; write { eq: {} } to ask for an empty object`,
      { path: at.path },
    )
  }
  const copy: Record<string, JsonValue> = {}
  for (const name of keys) {
    const check = checks.get(name)
    if (check === undefined) {
      throw invalid(
        `${at.path}: expected operators, found ${shown(name)}.${didYouMean(name, names)} The operators are: ${names.join(', ')}; an object as the value to equal is written { eq: … }`,
        { path: at.path, operator: name, known: names },
      )
    }
    copy[name] = check(operators[name], { ...at, path: `${at.path}.${name}` })
  }
  return copy
}
