import type { Direction, Index, JsonValue, OrderBy } from '@stateward/contract'
import { fullOrder } from '../values/order.ts'
import { type Bounds, everything } from './bounds.ts'
import type { Position } from './cursor.ts'
import type { Facts } from './facts.ts'

/** How an index is scanned so that rows come in the order asked for. */
export interface OrderGiven {
  readonly direction: Direction
  /** The field that the scan follows; `undefined` when only the ids are in order. */
  readonly field: string | undefined
}

/** The full order without the fields that are held to one value, for all rows are equal in them. */
export function unfixedOrder(orderBy: readonly OrderBy[] | undefined, facts: Facts): readonly OrderBy[] {
  return fullOrder(orderBy).filter(([field]) => !isFixed(field, facts))
}

function isFixed(field: string, facts: Facts): boolean {
  return facts.fields.get(field)?.equal?.length === 1
}

const byId: OrderGiven = { direction: 'asc', field: undefined }

/** How this index must be scanned, each of its leading fields being held to one value; `undefined` when it cannot be done. */
export function orderGiven(index: Index, order: readonly OrderBy[], facts: Facts): OrderGiven | undefined {
  const first = order[0]
  if (first === undefined) return undefined
  const field = index.fields[index.shape.equal]
  // Within one value of the field, and one combination before it, ties are all there is: they come by id.
  if (field === undefined || isFixed(field, facts)) return isIdAscending(first) ? byId : undefined
  // Items of a list are entries of their own in such an index: a record would come more than once.
  if (index.membership !== undefined && index.shape.equal === 0) return undefined
  if (first[0] !== field || (order[1] !== undefined && !isIdAscending(order[1]))) return undefined
  return { direction: first[1], field }
}

export function isIdAscending(order: OrderBy | undefined): boolean {
  return order?.[0] === 'id' && order[1] === 'asc'
}

/** Where a scan may begin: nothing before the value that the last row held can come after it. */
export function boundsBehind(order: OrderGiven, orderBy: readonly OrderBy[] | undefined, after: Position): Bounds {
  const value = lastValue(order, orderBy, after)
  if (order.direction === 'asc')
    return value === undefined ? everything : { from: { value, inclusive: true }, to: undefined }
  // Absence is below null and comes last when the order descends.
  return { from: undefined, to: value === undefined ? { value: null, inclusive: false } : { value, inclusive: true } }
}

/** As `boundsBehind`, without what is equal to the last row in the field; `undefined` where nothing can be. */
export function boundsBeyond(
  order: OrderGiven,
  orderBy: readonly OrderBy[] | undefined,
  after: Position,
): Bounds | undefined {
  const value = lastValue(order, orderBy, after)
  if (order.direction === 'desc')
    return value === undefined ? undefined : { from: undefined, to: { value, inclusive: false } }
  return { from: value === undefined ? { value: null, inclusive: true } : { value, inclusive: false }, to: undefined }
}

function lastValue(
  { field }: OrderGiven,
  orderBy: readonly OrderBy[] | undefined,
  { values }: Position,
): JsonValue | undefined {
  return values[fullOrder(orderBy).findIndex(([name]) => name === field)]
}
