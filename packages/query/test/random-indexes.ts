import type { Index, Slot, StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { withTimes } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { SmallStore } from './small-store.ts'

const shapes: readonly NaiveOptions[] = [
  { fields: ['status'], ordered: false },
  { fields: ['status'], ordered: true },
  { fields: ['a'], ordered: false },
  { fields: ['a'], ordered: true },
  { fields: ['at'], ordered: false },
  { fields: ['at'], ordered: true },
  { fields: ['id'], ordered: true },
  { fields: ['updated_at'], ordered: true },
  { fields: ['toString'], ordered: true },
  { fields: ['list'], ordered: false, items: true },
  { fields: ['a'], ordered: false, items: true },
  { fields: ['at'], ordered: false, items: true },
  { fields: ['a'], ordered: false, leastUnits: 1 },
  { fields: ['at'], ordered: false, leastUnits: 2 },
  { fields: ['status', 'a'], ordered: true },
  { fields: ['a', 'at'], ordered: true },
  { fields: ['a', 'id'], ordered: true },
  { fields: ['status', 'a', 'b'], ordered: true },
  { fields: ['at', 'a'], ordered: false },
]

/** Some indexes, right or over-answering, with estimates that may be far too high. */
export const indexOptions: fc.Arbitrary<readonly NaiveOptions[]> = fc.array(
  fc.tuple(fc.constantFrom(...shapes), fc.constantFrom(0, 2, 3), fc.constantFrom(1, 1, 3)).map(
    ([shape, modulus, estimateFactor]): NaiveOptions => ({
      ...shape,
      estimateFactor,
      ...(modulus === 0 ? {} : { alsoGives: (slot: Slot) => slot % modulus === 0 }),
    }),
  ),
  { maxLength: 6 },
)

/** The same indexes without a hit too many. */
export function exact(options: readonly NaiveOptions[]): NaiveOptions[] {
  return options.map(({ alsoGives: _given, ...rest }) => rest)
}

export function storeOf(rows: readonly StoredRecord[], options: readonly NaiveOptions[]): SmallStore {
  const store = new SmallStore(withTimes, (slots): readonly Index[] =>
    options.map((shape) => naiveIndex(withTimes, slots, shape)),
  )
  for (const row of rows) store.put(row)
  return store
}
