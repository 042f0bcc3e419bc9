import type { JsonValue, Operators, OrderBy, Query, Where } from '@stateward/contract'
import fc from 'fast-check'
import { oddTime, oddTimeOrNot, oddValue, status } from './arbitrary-records.ts'

/** Those that indexes are about come oftener. */
const anyField = fc.constantFrom(
  ...['a', 'a', 'status', 'status', 'at', 'at', 'id', 'id', 'list', 'b', 'toString', 'updated_at', 'rev'],
)
const timeFields: readonly string[] = ['at', 'updated_at']

function operandFor(field: string): fc.Arbitrary<JsonValue> {
  if (timeFields.includes(field)) return oddTimeOrNot
  if (field === 'status') return fc.oneof(status, oddValue)
  if (field === 'id') return fc.oneof(fc.constantFrom('a', 'b', 'c', 'zz'), oddValue)
  return oddValue
}

function rangeOperandFor(field: string): fc.Arbitrary<JsonValue> {
  if (timeFields.includes(field)) return oddTime
  return oddValue.filter(
    (value) =>
      ['number', 'string', 'boolean'].includes(typeof value) && Number.isFinite(value) !== (value === Infinity),
  )
}

function operatorsFor(field: string): fc.Arbitrary<Operators> {
  const value = operandFor(field).filter((operand) => operand !== Number.POSITIVE_INFINITY)
  const bound = rangeOperandFor(field).filter((operand) => operand !== Number.POSITIVE_INFINITY)
  const operands: { readonly [K in keyof Operators]-?: fc.Arbitrary<JsonValue> } = {
    eq: value,
    ne: value,
    in: fc.array(value, { maxLength: 3 }),
    lt: bound,
    lte: bound,
    gt: bound,
    gte: bound,
    contains: value,
    prefix: fc.constantFrom('', 'a', 'ab', '2024-01', '😀', '\ud83d', '\ud7ff', '\uffff', '\ud83d\udfff'),
    exists: fc.boolean(),
  }
  return fc
    .uniqueArray(fc.constantFrom(...Object.entries(operands)), { minLength: 1, maxLength: 2 })
    .chain((some) => fc.tuple(...some.map(([name, operand]) => operand.map((given) => [name, given] as const))))
    .map((entries): Operators => Object.fromEntries(entries))
}

const condition: fc.Arbitrary<Where> = anyField.chain((field) =>
  fc.oneof(
    operatorsFor(field).map((operators): Where => ({ [field]: operators })),
    operandFor(field)
      .filter((value) => (typeof value !== 'object' || value === null) && value !== Number.POSITIVE_INFINITY)
      .map((value): Where => ({ [field]: value })),
  ),
)

/** Filters as `checkQuery` lets them pass. */
export const where: fc.Arbitrary<Where> = fc.letrec<{ where: Where }>((tie) => ({
  where: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    condition,
    fc.array(condition, { maxLength: 4 }).map((parts): Where => Object.assign({}, ...parts)),
    fc.array(condition, { maxLength: 4 }).map((parts): Where => ({ and: parts })),
    fc.array(tie('where'), { maxLength: 3 }).map((parts): Where => ({ and: parts })),
    fc.array(tie('where'), { maxLength: 3 }).map((parts): Where => ({ or: parts })),
    tie('where').map((part): Where => ({ not: part })),
    fc.tuple(condition, tie('where')).map(([part, other]): Where => ({ ...part, and: [other] })),
  ),
})).where

const orderBy: fc.Arbitrary<OrderBy[]> = fc.array(
  fc.tuple(anyField, fc.constantFrom('asc' as const, 'desc' as const)),
  { maxLength: 2 },
)

export const query: fc.Arbitrary<Query> = fc.record(
  { type: fc.constant('mixed'), where, orderBy, limit: fc.integer({ min: 1, max: 6 }) },
  { requiredKeys: ['type'] },
)
