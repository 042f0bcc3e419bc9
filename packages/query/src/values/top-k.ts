import type { JsonValue } from '@stateward/contract'
import { type Accumulator, accumulated } from './accumulator.ts'

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
  // Where all are wanted and comparing is cheap nothing has to be kept beside them.
  if (Array.isArray(rows) && compare.keyed === undefined && rows.length <= (k ?? Number.POSITIVE_INFINITY))
    return sorted<Row>(rows.slice(), compare)
  return accumulated(rows, topRows(k, compare))
}

/** As `topK`, of rows that come one after the other. */
export function topRows<Row>(k: number | undefined, compare: Comparison<Row>): Accumulator<Row, Row[]> {
  const { keyed } = compare
  if (keyed === undefined) return new TopItems(k, compare)
  const top = new TopItems(k, keyed.compare)
  return { add: (row) => top.add(keyed.keyOf(row)), result: () => top.result().map(({ row }) => row) }
}

type Compare<Item> = (left: Item, right: Item) => number

class TopItems<Item> implements Accumulator<Item, Item[]> {
  readonly #most: number
  readonly #compare: Compare<Item>
  readonly #items: Item[] = []
  /** Whether items have been given up: the root of the heap is the one that would be next, the last one in order. */
  #isHeap = false

  constructor(k: number | undefined, compare: Compare<Item>) {
    this.#most = k ?? Number.POSITIVE_INFINITY
    this.#compare = compare
  }

  add(item: Item): void {
    if (this.#items.length < this.#most) {
      this.#items.push(item)
      return
    }
    if (this.#most === 0) return
    if (!this.#isHeap) this.#makeHeap()
    if (this.#compare(item, itemAt(this.#items, 0)) >= 0) return
    this.#items[0] = item
    sink(this.#items, 0, this.#compare)
  }

  result(): Item[] {
    return this.#isHeap ? this.#items.sort(this.#compare) : sorted(this.#items, this.#compare)
  }

  #makeHeap(): void {
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--) sink(this.#items, at, this.#compare)
    this.#isHeap = true
  }
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

function sink<Item>(heap: Item[], from: number, compare: Compare<Item>): void {
  const item = itemAt(heap, from)
  let at = from
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
