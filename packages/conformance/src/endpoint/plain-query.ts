import {
  compareValues,
  type FieldKind,
  instantKey,
  type JsonValue,
  type OrderBy,
  type StoredRecord,
  type Where,
} from '@stateward/contract'

/** The slow and obvious answer to a query: look at every record, then sort. `times` are the fields that hold date-times. */
export function plainQuery(
  records: readonly StoredRecord[],
  query: { where?: Where; orderBy?: readonly OrderBy[]; limit?: number },
  times: ReadonlySet<string>,
): StoredRecord[] {
  const kindOf = (field: string): FieldKind => (times.has(field) ? 'time' : 'value')
  const rows = records.filter((record) => matches(record, query.where ?? {}, kindOf))
  rows.sort((left, right) => {
    for (const [field, direction] of query.orderBy ?? []) {
      const order = compareValues(left[field], right[field], kindOf(field))
      if (order !== 0) return direction === 'asc' ? order : -order
    }
    return left.id < right.id ? -1 : 1
  })
  return rows.slice(0, query.limit ?? rows.length)
}

function matches(record: StoredRecord, where: Where, kindOf: (field: string) => FieldKind): boolean {
  return Object.entries(where).every(([key, condition]) => {
    if (key === 'and') return (condition as Where[]).every((one) => matches(record, one, kindOf))
    if (key === 'or') return (condition as Where[]).some((one) => matches(record, one, kindOf))
    if (key === 'not') return !matches(record, condition as Where, kindOf)
    const value = record[key]
    if (typeof condition !== 'object' || condition === null) return holds('eq', condition, value, kindOf(key))
    return Object.entries(condition).every(([operator, operand]) => holds(operator, operand, value, kindOf(key)))
  })
}

function holds(operator: string, operand: unknown, value: JsonValue | undefined, kind: FieldKind): boolean {
  const wanted = operand as JsonValue
  switch (operator) {
    case 'eq':
      return value !== undefined && compareValues(value, wanted, kind) === 0
    case 'ne':
      return !holds('eq', operand, value, kind)
    case 'in':
      return (operand as JsonValue[]).some((one) => holds('eq', one, value, kind))
    case 'exists':
      return (value !== undefined) === operand
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand))
    case 'contains':
      if (typeof value === 'string') return typeof operand === 'string' && value.includes(operand)
      return Array.isArray(value) && value.some((item) => compareValues(item, wanted) === 0)
    case 'lt':
      return inOneKind(value, wanted, kind) && compareValues(value, wanted, kind) < 0
    case 'lte':
      return inOneKind(value, wanted, kind) && compareValues(value, wanted, kind) <= 0
    case 'gt':
      return inOneKind(value, wanted, kind) && compareValues(value, wanted, kind) > 0
    case 'gte':
      return inOneKind(value, wanted, kind) && compareValues(value, wanted, kind) >= 0
    default:
      throw new RangeError(`no operator ${operator}`)
  }
}

/** Ranges compare only numbers with numbers, texts with texts, booleans with booleans, and instants with instants. */
function inOneKind(value: JsonValue | undefined, operand: JsonValue, kind: FieldKind): boolean {
  if (kind === 'time' && typeof operand === 'string')
    return typeof value === 'string' && instantKey(value) !== undefined
  return typeof value === typeof operand && typeof operand !== 'object'
}
