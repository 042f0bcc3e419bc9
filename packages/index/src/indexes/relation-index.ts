import type { JsonValue, Probe, Slot } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { fieldValue } from '../keys/field-value.ts'
import type { Key } from '../keys/key-order.ts'
import { probedKeys } from '../keys/probed-keys.ts'
import { valueKey } from '../keys/value-key.ts'
import { ElementLists } from '../lists/element-lists.ts'
import type { FieldColumn } from '../sorting/field-column.ts'
import { rowsPerStep, type Steps } from '../sorting/steps.ts'
import type { FieldIndex } from './field-index.ts'

export interface RelationIndexOptions {
  readonly name: string
  readonly field: string
}

/**
 * Finds the records whose field holds a value or an array with that value in it: `{ equal: [values] }`. Each element of
 * an array is an entry of its own, a value that is no array is one entry; a record without the field has none. An array
 * that is asked for is found as an element, exactly, and as the whole value by its rarest element: that may give more
 * records than hold it. Values are the same by content. `update` takes O(1) for each element.
 */
export function relationIndex({ name, field }: RelationIndexOptions): FieldIndex {
  const lists = new ElementLists()
  let texts = 0

  const keysFor = (probe: Probe): readonly string[] | undefined => keysUnder(lists, name, probe)

  return {
    name,
    fields: [field],
    kinds: ['value'],
    shape: { equal: 1, range: false },
    lookup: (probe) => slotsUnder(lists, keysFor(probe)),
    has(probe) {
      const keys = keysFor(probe)
      return keys === undefined ? undefined : lists.standsUnder(keys)
    },
    estimate(probe) {
      const keys = keysFor(probe)
      return keys === undefined ? lists.size : keys.reduce((rows, key) => rows + lists.count(key), 0)
    },
    update(slot, before, after) {
      const from = fieldValue(before, field)
      const to = fieldValue(after, field)
      if (from === to) return
      if (typeof from === 'string') texts--
      if (typeof to === 'string') texts++
      lists.put(slot, to === undefined ? [] : elementKeys(to))
    },
    *fill({ slots, column }) {
      texts = yield* fillLists(lists, slots, column(field, 'value'))
    },
    clear() {
      lists.clear()
      texts = 0
    },
    size: () => lists.size,
    bytes: () => lists.bytes,
    image: imageOf('relation 3', lists, {
      save: (image) => image.numbers(texts),
      load(image) {
        texts = image.numbers(1)[0] ?? 0
      },
    }),
    membership: { holdsTexts: () => texts > 0 },
  }
}

/** Where every record with some value stands: in the list of its first element, and under the others. */
interface Standing {
  readonly list: number
  readonly others: readonly string[]
}

/** Puts the records of these slots where their values stand; how many of those are texts. */
function* fillLists(lists: ElementLists, slots: Uint32Array, values: FieldColumn): Steps<number> {
  const known = new Map<Key, Standing>()
  let texts = 0
  for (const [at, slot] of slots.entries()) {
    if (at % rowsPerStep === 0) yield
    const value = values.key(slot)
    if (value === undefined) continue
    if (typeof value === 'string') texts++
    const standing = known.get(value) ?? standingOf(lists, values.value(slot))
    known.set(value, standing)
    lists.add(slot, standing.list, standing.others)
  }
  return texts
}

function standingOf(lists: ElementLists, value: JsonValue): Standing {
  const [first = emptyArrayKey, ...others] = elementKeys(value)
  return { list: lists.listOf(first), others }
}

/** The keys to look under, or `undefined` for everything. */
function keysUnder(lists: ElementLists, name: string, probe: Probe): readonly string[] | undefined {
  const keys = probedKeys(name, ['value'], probe)
  if (keys === undefined) return undefined
  const wholes = (probe.equal[0] ?? []).filter(isArray).map((value) => rarest(lists, elementKeys(value)))
  return wholes.length === 0 ? keys : [...new Set([...keys, ...wholes])]
}

function rarest(lists: ElementLists, keys: readonly string[]): string {
  return keys.reduce((best, key) => (lists.count(key) < lists.count(best) ? key : best))
}

/** A record that stands under several keys is given once. */
function slotsUnder(lists: ElementLists, keys: readonly string[] | undefined): Iterable<Slot> {
  const [only] = keys ?? []
  if (only !== undefined && keys?.length === 1) return lists.slots(only)
  const found = new Set<Slot>()
  for (const key of keys ?? lists.keys()) for (const slot of lists.slots(key)) found.add(slot)
  return found
}

/** What an empty array stands under, so that it is found as a whole value: no value has this key. */
const emptyArrayKey = '\0e'

/** At least one key, each once. */
function elementKeys(value: JsonValue): readonly string[] {
  if (!isArray(value)) return [valueKey(value, 'value')]
  if (value.length === 0) return [emptyArrayKey]
  return [...new Set(value.map((element) => valueKey(element, 'value')))]
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
