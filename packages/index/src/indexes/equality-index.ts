import type { FieldKind, JsonValue, Slot } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { fieldValue } from '../keys/field-value.ts'
import type { Key } from '../keys/key-order.ts'
import { probedKeys } from '../keys/probed-keys.ts'
import { keyedValue, valueKey } from '../keys/value-key.ts'
import { PostingLists } from '../lists/posting-lists.ts'
import { rowsPerStep } from '../sorting/steps.ts'
import type { FieldIndex } from './field-index.ts'

export interface EqualityIndexOptions {
  readonly name: string
  readonly field: string
  readonly kind: FieldKind
}

/**
 * Finds the records whose field holds a value: `{ equal: [values] }`, exactly; a range in the probe is ignored. Values
 * are the same as `sameValue` says: `1` and `'1'` differ, lists and objects are the same by content, and in a field of
 * kind `time` texts by instant. A record without the field has no entry. More than `limits.inValues` values are answered
 * with every entry. `update` takes O(1) however many records share a value. `counters` are kept where the kind is
 * `value`: many texts name one instant, and which of them a group shows must not depend on an index.
 */
export function equalityIndex({ name, field, kind }: EqualityIndexOptions): FieldIndex {
  const lists = new PostingLists()

  function* entriesOf(keys: Iterable<string>): IterableIterator<Slot> {
    for (const key of keys) yield* lists.entries(key)
  }

  return {
    name,
    fields: [field],
    kinds: [kind],
    shape: { equal: 1, range: false },
    lookup(probe) {
      const keys = probedKeys(name, [kind], probe)
      const [only] = keys ?? []
      return only !== undefined && keys?.length === 1 ? lists.entries(only) : entriesOf(keys ?? lists.keys())
    },
    has(probe) {
      const keys = probedKeys(name, [kind], probe)
      return keys === undefined ? undefined : lists.standsUnder(keys)
    },
    estimate(probe) {
      const keys = probedKeys(name, [kind], probe)
      return keys === undefined ? lists.size : keys.reduce((rows, key) => rows + lists.count(key), 0)
    },
    update(slot, before, after) {
      const value = fieldValue(after, field)
      if (value === fieldValue(before, field)) return
      lists.move(slot, value === undefined ? undefined : valueKey(value, kind))
    },
    *fill({ slots, column }) {
      const values = column(field, 'value')
      const known = new Map<Key, number>()
      for (const [at, slot] of slots.entries()) {
        if (at % rowsPerStep === 0) yield
        const value = values.key(slot)
        if (value === undefined) continue
        const list = known.get(value) ?? lists.listOf(valueKey(values.value(slot), kind))
        known.set(value, list)
        lists.add(slot, list)
      }
    },
    clear: () => lists.clear(),
    size: () => lists.size,
    bytes: () => lists.bytes,
    image: imageOf('equality 3', lists),
    ...(kind === 'value' ? { counters: { counts: () => countsOf(lists) } } : {}),
  }
}

function* countsOf(lists: PostingLists): IterableIterator<[value: JsonValue, count: number]> {
  for (const [key, count] of lists.counts()) yield [keyedValue(key), count]
}
