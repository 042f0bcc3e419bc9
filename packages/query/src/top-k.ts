import type { JsonValue } from '@stateward/contract'

/** Negative, 0 or positive, as `Array.prototype.sort` takes it. */
export interface Comparison<Row> {
  (left: Row, right: Row): number
  /** Present where comparing is dear: what can be seen of a row once, instead of at each comparison. */
  readonly keyed?: Keyed<Row>
}

/** How rows are sorted by keys: in the same order as by themselves. */
export interface Keyed<Row> {
  readonly keyOf: (row: Row) => SortKey<Row>
  readonly compare: (left: SortKey<Row>, right: SortKey<Row>) => number
}

/** A row, what it holds in the first field that orders it, and whether that is a time as the store writes it. */
export interface SortKey<Row> {
  readonly row: Row
  readonly value: JsonValue | undefined
  readonly isWritten: boolean
}

/**
 * The first `k` rows in order (all of them when `k` is `undefined`), as a new array. Holds at most `k` rows and costs
 * O(n log k) for n rows; sorts where everything is wanted.
 */
export function topK<Row>(rows: Iterable<Row>, k: number | undefined, compare: Comparison<Row>): Row[] {
  const { keyed } = compare
  if (keyed === undefined) return select(rows, k, compare)
  return select(keysOf(rows, keyed), k, keyed.compare).map(({ row }) => row)
}

function* keysOf<Row>(rows: Iterable<Row>, { keyOf }: Keyed<Row>): Generator<SortKey<Row>> {
  for (const row of rows) yield keyOf(row)
}

type Compare<Item> = (left: Item, right: Item) => number

function select<Item>(items: Iterable<Item>, k: number | undefined, compare: Compare<Item>): Item[] {
  if (k === undefined || (Array.isArray(items) && items.length <= k)) return sorted([...items], compare)
  // The heap's root is the item that would be given up next: the last one in order.
  const heap: Item[] = []
  for (const item of items) {
    if (heap.length < k) {
      heap.push(item)
      rise(heap, compare)
    } else if (heap.length > 0 && compare(item, itemAt(heap, 0)) < 0) {
      heap[0] = item
      sink(heap, compare)
    }
  }
  return heap.sort(compare)
}

/** What comes in order, or the other way round, as what an index gives often does, is seen by looking at it once. */
function sorted<Item>(items: Item[], compare: Compare<Item>): Item[] {
  if (isInOrder(items, compare, 1)) return items
  return isInOrder(items, compare, -1) ? items.reverse() : items.sort(compare)
}

/** @param sign 1 for the order itself, -1 for its reverse, in which no two are equal */
function isInOrder<Item>(items: readonly Item[], compare: Compare<Item>, sign: 1 | -1): boolean {
  for (let at = 1; at < items.length; at++) {
    const order = compare(itemAt(items, at - 1), itemAt(items, at)) * sign
    if (order > 0 || (order === 0 && sign === -1)) return false
  }
  return true
}

function rise<Item>(heap: Item[], compare: Compare<Item>): void {
  let at = heap.length - 1
  const item = itemAt(heap, at)
  while (at > 0) {
    const parentAt = (at - 1) >> 1
    const parent = itemAt(heap, parentAt)
    if (compare(parent, item) >= 0) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = item
}

function sink<Item>(heap: Item[], compare: Compare<Item>): void {
  const item = itemAt(heap, 0)
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    if (left >= heap.length) break
    const right = left + 1
    const childAt = right < heap.length && compare(itemAt(heap, right), itemAt(heap, left)) > 0 ? right : left
    const child = itemAt(heap, childAt)
    if (compare(child, item) <= 0) break
    heap[at] = child
    at = childAt
  }
  heap[at] = item
}

/** The heap is looked at only within its length. */
function itemAt<Item>(heap: readonly Item[], at: number): Item {
  return heap[at] as Item
}
