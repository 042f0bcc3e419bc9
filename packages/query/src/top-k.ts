/**
 * The first `k` rows in order (all of them when `k` is `undefined`), as a new array. Holds at most `k` rows and costs
 * O(n log k) for n rows; sorts where everything is wanted.
 */
export function topK<Row>(
  rows: Iterable<Row>,
  k: number | undefined,
  compare: (left: Row, right: Row) => number,
): Row[] {
  if (k === undefined || (Array.isArray(rows) && rows.length <= k)) return [...rows].sort(compare)
  // The heap's root is the row that would be given up next: the last one in order.
  const heap: Row[] = []
  for (const row of rows) {
    if (heap.length < k) {
      heap.push(row)
      rise(heap, compare)
    } else if (heap.length > 0 && compare(row, heap[0] as Row) < 0) {
      heap[0] = row
      sink(heap, compare)
    }
  }
  return heap.sort(compare)
}

type Comparison<Row> = (left: Row, right: Row) => number

function rise<Row>(heap: Row[], compare: Comparison<Row>): void {
  let at = heap.length - 1
  const row = heap[at] as Row
  while (at > 0) {
    const parentAt = (at - 1) >> 1
    const parent = heap[parentAt] as Row
    if (compare(parent, row) >= 0) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = row
}

function sink<Row>(heap: Row[], compare: Comparison<Row>): void {
  const row = heap[0] as Row
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    if (left >= heap.length) break
    const right = left + 1
    const childAt = right < heap.length && compare(heap[right] as Row, heap[left] as Row) > 0 ? right : left
    const child = heap[childAt] as Row
    if (compare(child, row) <= 0) break
    heap[at] = child
    at = childAt
  }
  heap[at] = row
}
