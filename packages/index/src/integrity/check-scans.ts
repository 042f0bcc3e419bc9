import { compareValues, type Direction, type FieldKind, type Index, type Slot } from '@stateward/contract'
import type { Expectation, ExpectedGroup, OrderedRecord } from './expectation.ts'

/** Walks the order of one group in both directions: each record once, none before its place. */
export function checkScans(
  index: Index & { readonly kinds?: readonly FieldKind[] },
  { values, slots }: ExpectedGroup,
  { ordered }: Expectation,
  differs: (text: string) => void,
): void {
  const kind = index.kinds?.[index.shape.equal]
  for (const direction of ['asc', 'desc'] as const) {
    const where = `a scan ${direction} of ${JSON.stringify(values)}`
    const missing = new Set(slots)
    let former: Slot | undefined
    for (const slot of index.sorted?.scan(direction, { equal: values.map((value) => [value]) }) ?? slots) {
      if (!missing.delete(slot)) differs(`${where} gives slot ${slot}, which is not in it, or twice`)
      else if (former !== undefined && !isInOrder(direction, kind, ordered.get(former), ordered.get(slot))) {
        differs(`${where} gives slot ${former} before slot ${slot}`)
      }
      former = slot
    }
    const [first] = missing
    if (first !== undefined) differs(`${where} misses slot ${first}`)
  }
}

function isInOrder(
  direction: Direction,
  kind: FieldKind | undefined,
  left: OrderedRecord | undefined,
  right: OrderedRecord | undefined,
): boolean {
  // An order whose kind is not known cannot be judged.
  if (kind === undefined || left === undefined || right === undefined) return true
  const order = compareValues(left.value, right.value, kind)
  if (order !== 0) return direction === 'asc' ? order < 0 : order > 0
  return left.id < right.id
}
