import {
  type Entity,
  fieldKind,
  type JsonValue,
  type OrderBy,
  type Query,
  type StoredRecord,
} from '@stateward/contract'
import { invalid } from '../validation/refusal.ts'
import { digest } from '../values/digest.ts'
import { fieldReader } from '../values/field-reader.ts'
import { canonicalText } from '../values/identity.ts'
import { fullOrder, valueComparison } from '../values/order.ts'

/** The place between two rows where a page ended: what the last row held in each field that orders, `id` last. */
export interface Position {
  readonly values: readonly (JsonValue | undefined)[]
}

const digestChars = 16

/**
 * Where the page that ended with `last` is to be continued: base64url text. It names the place by values, not by a count,
 * so it stays right while records come and go, and when `last` itself is deleted.
 */
export function encodeCursor(query: Query, last: StoredRecord, entity: Entity): string {
  const values = fullOrder(query.orderBy).map(([field]) => {
    const value = fieldReader(field)(last)
    // JSON has no absent item in a list, so each value is a list of one or none.
    return value === undefined ? [] : [value]
  })
  const body = Buffer.from(canonicalText([shapeOf(query, entity), values])).toString('base64url')
  return body + digest(body)
}

/**
 * The place that a cursor names. `limit` and `snapshot` may differ between pages. Throws `INVALID` when the text is no
 * whole cursor, and when it was given by a query of another type, filter or order.
 */
export function decodeCursor(query: Query, text: string, entity: Entity): Position {
  const body = text.slice(0, -digestChars)
  if (text !== body + digest(body)) throw broken()
  const [shape, values] = parsed(body)
  if (shape !== shapeOf(query, entity)) {
    throw invalid(
      'query.cursor: expected a cursor of this query, found one of another type, filter or order; give it to the query it came from, or start without one',
    )
  }
  const order = fullOrder(query.orderBy)
  if (!Array.isArray(values) || values.length !== order.length) throw broken()
  return { values: values.map(unwrapped) }
}

/** Compares a record with a position: above 0 when the record comes after it. */
export function positionComparison(
  orderBy: readonly OrderBy[] | undefined,
  entity: Entity,
): (record: StoredRecord, position: Position) => number {
  const steps = fullOrder(orderBy).map((item) => ({
    read: fieldReader(item[0]),
    compare: valueComparison(item, entity),
  }))
  return (record, { values }) => {
    for (let at = 0; at < steps.length; at++) {
      const order = steps[at]?.compare(steps[at]?.read(record), values[at]) ?? 0
      if (order !== 0) return order
    }
    return 0
  }
}

function shapeOf(query: Query, entity: Entity): string {
  const order = fullOrder(query.orderBy).map(
    ([field, direction]): JsonValue => [field, direction, fieldKind(entity, field)],
  )
  return digest(canonicalText([query.type, (query.where ?? {}) as JsonValue, order]))
}

function parsed(body: string): readonly [unknown, unknown] {
  try {
    const value: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
    if (Array.isArray(value)) return [value[0], value[1]]
  } catch {
    // Only a text that was made up gets here: its digest was right.
  }
  throw broken()
}

function unwrapped(item: unknown): JsonValue | undefined {
  if (!Array.isArray(item) || item.length > 1) throw broken()
  return item[0] as JsonValue | undefined
}

function broken(): ReturnType<typeof invalid> {
  return invalid(
    'query.cursor: expected a cursor as an answer gave it, found a text that was cut or changed; start again without one',
  )
}
