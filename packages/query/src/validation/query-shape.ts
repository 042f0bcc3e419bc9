import {
  type Entity,
  fieldKind,
  type JsonValue,
  limits,
  type Operators,
  type Query,
  type Where,
} from '@stateward/contract'
import { isWrittenInstant } from '../values/written-instant.ts'
import { checkQuery } from './check-query.ts'
import { isPlainObject } from './plain-object.ts'
import { isScalar, type Scalar } from './scalars.ts'

/** Values on their way into a query, in the order in which `ShapeTree` has found them. */
interface Filling {
  readonly values: readonly Scalar[]
  at: number
  /** Whether no value so far can be wrong in a query whose shape is right. */
  isSound: boolean
}

type Part<T> = (filling: Filling) => T
type Filled = { -readonly [K in keyof Query]: Query[K] }

/** So many values, and a text of so many characters, are within every bound: no closer look is needed. */
const fewValues = 100
const fewChars = 1_000

const ranges: readonly string[] = ['lt', 'lte', 'gt', 'gte'] satisfies (keyof Operators)[]

/** A query without its values: what is known to be right of one is not checked again for another. */
export class QueryShape {
  readonly #entity: Entity
  readonly #sample: Query
  readonly #parts: readonly ((query: Filled, filling: Filling) => void)[]

  /** @param sample one of its queries, made of JSON; one that `checkQuery` has accepted for this entity */
  constructor(sample: Query, entity: Entity) {
    this.#entity = entity
    this.#sample = sample
    this.#parts = Object.keys(sample).flatMap((key) => partOf(key, sample, entity) ?? [])
  }

  /** The query with these values: as `checkQuery` gives it, and throwing what that throws. */
  filled(values: readonly Scalar[]): Query {
    const filling: Filling = { values, at: 0, isSound: values.length <= fewValues }
    const query: Filled = Object.assign({}, this.#sample)
    for (const fill of this.#parts) fill(query, filling)
    return filling.isSound ? query : checkQuery(query, this.#entity)
  }
}

/** Puts the value of a key in; `undefined` where it is the same in all queries of the shape. */
function partOf(key: string, sample: Query, entity: Entity): ((query: Filled, filling: Filling) => void) | undefined {
  switch (key) {
    case 'where': {
      const make = whereOf(sample.where ?? {}, entity)
      return (query, filling) => {
        query.where = make(filling)
      }
    }
    case 'limit':
      return (query, filling) => {
        query.limit = Number(next(filling))
        filling.isSound &&= Number.isInteger(query.limit) && query.limit >= 1 && query.limit <= limits.queryRows
      }
    case 'cursor':
      return (query, filling) => {
        query.cursor = String(next(filling))
        filling.isSound &&= query.cursor !== ''
      }
    case 'snapshot':
      return (query, filling) => {
        query.snapshot = String(next(filling))
        filling.isSound &&= query.snapshot !== ''
      }
    case 'asOf':
      return (query, filling) => {
        query.asOf = Number(next(filling))
        filling.isSound &&= Number.isSafeInteger(query.asOf) && query.asOf >= 0
      }
    default:
      return undefined
  }
}

function whereOf(sample: Where, entity: Entity): Part<Where> {
  const parts = Object.keys(sample).map((key) => ({ key, part: conditionOf(key, sample, entity) }))
  return (filling) => {
    const where: Record<string, Where[string]> = {}
    for (const { key, part } of parts) where[key] = part(filling)
    return where
  }
}

function conditionOf(key: string, sample: Where, entity: Entity): Part<Where[string]> {
  if (key === 'not') return whereOf(sample.not ?? {}, entity)
  if (key === 'and' || key === 'or') {
    const branches = (sample[key] ?? []).map((branch) => whereOf(branch, entity))
    return (filling) => branches.map((branch) => branch(filling))
  }
  const condition: unknown = sample[key]
  // What is no object of operators is the value to equal.
  if (!isPlainObject(condition)) return operandOf('eq', condition, 'value')
  const kind = fieldKind(entity, key)
  const operators = Object.entries(condition).map(([name, operand]) => ({
    name,
    part: operandOf(name, operand, kind),
  }))
  return (filling) => {
    const copy: Record<string, JsonValue> = {}
    for (const { name, part } of operators) copy[name] = part(filling)
    return copy
  }
}

function operandOf(operator: string, sample: unknown, kind: string): Part<JsonValue> {
  if (isScalar(sample)) return kind === 'time' && ranges.includes(operator) ? instant : scalar
  if (Array.isArray(sample) && sample.every(isScalar)) return sample.length === 0 ? () => [] : scalars
  const make = compositeOf(sample)
  return (filling) => {
    filling.isSound = false
    return make(filling)
  }
}

function compositeOf(sample: unknown): Part<JsonValue> {
  if (isScalar(sample)) return scalar
  if (Array.isArray(sample)) {
    if (sample.length > 0 && sample.every(isScalar)) return scalars
    const items = sample.map(compositeOf)
    return (filling) => items.map((item) => item(filling))
  }
  const parts = Object.entries(isPlainObject(sample) ? sample : {}).map(([key, value]) => ({
    key,
    part: compositeOf(value),
  }))
  return (filling) => {
    const copy: Record<string, JsonValue> = {}
    for (const { key, part } of parts) copy[key] = part(filling)
    return copy
  }
}

function scalar(filling: Filling): Scalar {
  const value = next(filling)
  if (typeof value === 'string' && value.length > fewChars) filling.isSound = false
  return value
}

function instant(filling: Filling): Scalar {
  const value = next(filling)
  filling.isSound &&= typeof value === 'string' && isWrittenInstant(value)
  return value
}

function scalars(filling: Filling): readonly Scalar[] {
  const length = Number(next(filling))
  return Array.from({ length }, () => scalar(filling))
}

function next(filling: Filling): Scalar {
  return filling.values[filling.at++] ?? null
}
