import { compareValues, type JsonValue, type OrderBy, type StoredRecord, type Where } from '@stateward/contract'
import fc from 'fast-check'
import { planIds, taskIds } from './arbitrary-calls.ts'

/** The conditions that the model below knows, on fields of a task. */
const condition: fc.Arbitrary<Where> = fc.oneof(
  fc.constantFrom<Where>(
    { n: 1 },
    { n: { gte: 0 } },
    { n: { lt: 1 } },
    { n: { in: [0, 2] } },
    { n: { exists: false } },
  ),
  fc.constantFrom<Where>({ title: 'x' }, { title: { ne: 'x' } }, { title: { contains: 'é' } }, { state: 'open' }),
  fc.constantFrom<Where>({ due: '2026-01-01T00:00:00Z' }, { due: { gt: '2026-01-01T00:00:00Z' } }, { extra: null }),
  fc.constantFrom<Where>({ tags: { contains: 'p' } }, { rev: { gte: 2 } }, { extra: { eq: { deep: 2, er: 1 } } }),
  fc.constantFrom(...planIds).map((plan_id): Where => ({ plan_id })),
  fc.subarray([...taskIds]).map((ids): Where => ({ id: { in: [...ids, ...ids] } })),
)

export const where: fc.Arbitrary<Where> = fc.oneof(
  fc.constant({}),
  condition,
  fc.tuple(condition, condition).map((and): Where => ({ and })),
  fc.tuple(condition, condition).map((or): Where => ({ or })),
  condition.map((not): Where => ({ not })),
)

export const orderBy: fc.Arbitrary<OrderBy[]> = fc.uniqueArray(
  fc.tuple(fc.constantFrom('n', 'title', 'due', 'updated_at', 'id'), fc.constantFrom('asc' as const, 'desc' as const)),
  { maxLength: 2, selector: ([field]) => field },
)

const times = new Set(['due', 'created_at', 'updated_at'])
const kindOf = (field: string) => (times.has(field) ? 'time' : 'value')

export function matches(record: StoredRecord, where: Where): boolean {
  return Object.entries(where).every(([key, wanted]) => {
    if (key === 'and') return (wanted as Where[]).every((one) => matches(record, one))
    if (key === 'or') return (wanted as Where[]).some((one) => matches(record, one))
    if (key === 'not') return !matches(record, wanted as Where)
    const operators =
      typeof wanted === 'object' && wanted !== null
        ? (wanted as Record<string, JsonValue>)
        : { eq: wanted as JsonValue }
    return Object.entries(operators).every(([operator, operand]) => holds(key, record[key], operator, operand))
  })
}

function holds(field: string, value: JsonValue | undefined, operator: string, operand: JsonValue): boolean {
  const order = compareValues(value, operand, kindOf(field))
  const sameKind = typeof value === typeof operand && !(field === 'due' && value === 'never')
  switch (operator) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'in':
      return (operand as JsonValue[]).some((one) => compareValues(value, one, kindOf(field)) === 0)
    case 'lt':
      return sameKind && order < 0
    case 'gt':
      return sameKind && order > 0
    case 'gte':
      return sameKind && order >= 0
    case 'exists':
      return (value !== undefined) === operand
    case 'contains':
      return (typeof value === 'string' || Array.isArray(value)) && value.includes(operand as string)
    default:
      throw new Error(`the model does not know ${operator}`)
  }
}

export function sorted(records: readonly StoredRecord[], orderBy: readonly OrderBy[]): StoredRecord[] {
  return [...records].sort((left, right) => {
    for (const [field, direction] of orderBy) {
      const order = compareValues(left[field], right[field], kindOf(field))
      if (order !== 0) return direction === 'asc' ? order : -order
    }
    return left.id < right.id ? -1 : 1
  })
}
