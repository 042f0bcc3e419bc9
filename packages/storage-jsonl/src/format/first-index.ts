/** The first of some items, in their order, that does not come before what is looked for; their number where all do. O(log n). */
export function firstIndex<T>(items: readonly T[], comesBefore: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && comesBefore(item)) low = middle + 1
    else high = middle
  }
  return low
}
