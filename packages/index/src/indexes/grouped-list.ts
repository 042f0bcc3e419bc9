import type { FieldKind, JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import type { BulkRows } from '../ids/bulk-rows.ts'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'
import { fieldValue } from '../keys/field-value.ts'
import { type KeyOrder, keyOrder } from '../keys/key-order.ts'
import { combinedKey, probedKeys } from '../keys/probed-keys.ts'
import { keyedValue, valueKey } from '../keys/value-key.ts'
import { boundsWithin } from '../lists/bounds-within.ts'
import { GroupCounts } from '../lists/group-counts.ts'
import { OrderedList } from '../lists/ordered-list.ts'
import type { Place } from '../lists/place.ts'
import type { FieldColumn } from '../sorting/field-column.ts'
import { sortedByWord } from '../sorting/sorted-by.ts'
import { numbersBelow, picked, rowsPerStep, type Steps } from '../sorting/steps.ts'
import type { CompoundIndexOptions } from './compound-index-options.ts'

/** From one place of the list to another. */
export type Range = readonly [from: Place, to: Place]

/** Records in groups by their values in the leading fields, in a group by the order of the last field. */
export class GroupedList implements Imaged {
  readonly list: OrderedList
  readonly #name: string
  readonly #leading: readonly string[]
  readonly #leadingKinds: readonly FieldKind[]
  readonly #lastField: string
  readonly #order: KeyOrder
  readonly #lastKind: FieldKind
  readonly #groups = new GroupCounts()

  constructor({ name, fields, kinds, ids }: CompoundIndexOptions) {
    this.#name = name
    this.#leading = fields.slice(0, -1)
    this.#leadingKinds = kinds.slice(0, this.#leading.length)
    this.#lastField = fields.at(-1) ?? ''
    this.#lastKind = kinds.at(-1) ?? 'value'
    this.#order = keyOrder(this.#lastKind)
    this.list = new OrderedList(this.#order, ids)
  }

  /** Where the records stand that a probe asks for: all of the list when it asks for too many groups. */
  ranges(probe: Probe): readonly Range[] {
    const keys = this.#keysOf(probe)
    if (keys === undefined) return [[this.list.start, this.list.end]]
    const groups = keys.map((key) => this.#groups.find(key)).filter((group) => group !== undefined)
    return groups.map((group) => boundsWithin(this.list, group, this.#order, probe))
  }

  /** How many records stand there. Of whole groups that is known without a look at the list. */
  estimate(probe: Probe): number {
    const keys = probe.from === undefined && probe.to === undefined ? this.#keysOf(probe) : undefined
    if (keys !== undefined) return keys.reduce((rows, key) => rows + this.#groups.count(key), 0)
    return this.ranges(probe).reduce((rows, [from, to]) => rows + this.list.count(from, to), 0)
  }

  enter(slot: Slot, record: StoredRecord): void {
    const groupKey = this.#groupKeyOf(record)
    if (groupKey === undefined) return
    const key = this.#order.keyOf(fieldValue(record, this.#lastField))
    this.list.insert({ group: this.#groups.enter(groupKey), key, slot }, record.id)
  }

  /** Takes all records in. Only while it is empty. */
  *fill({ ids, column, inOrder }: BulkRows): Steps {
    const leading = this.#leading.map((field) => column(field, 'value'))
    const ordered = yield* inOrder(this.#lastField, this.#lastKind)
    const slots = new Uint32Array(ordered.length)
    const groups = new Uint32Array(ordered.length)
    const groupOf = this.#grouping(leading)
    let count = 0
    for (const [at, slot] of ordered.entries()) {
      if (at % rowsPerStep === 0) yield
      const group = groupOf(slot)
      if (group === undefined) continue
      slots[count] = slot
      groups[count++] = group
    }
    const order = yield* sortedByWord(yield* numbersBelow(count), groups.subarray(0, count))
    const run = { slots: yield* picked(order, slots), groups: yield* picked(order, groups) }
    yield* this.list.fill({ ...run, keys: column(this.#lastField, this.#lastKind) }, ids)
  }

  /** Enters the record of a slot into its group, and tells which that is; `undefined` where it is in none. */
  #grouping(leading: readonly FieldColumn[]): (slot: Slot) => number | undefined {
    const [first, ...others] = leading
    const entered = (slot: Slot): number | undefined => {
      if (leading.some((one) => one.key(slot) === undefined)) return undefined
      const texts = leading.map((one, at) => valueKey(one.value(slot), this.#leadingKinds[at] ?? 'value'))
      return this.#groups.enter(combinedKey(texts))
    }
    if (first === undefined || others.length > 0) return entered
    // Where one field leads, each of its values need be made a key once.
    const known: number[] = []
    return (slot) => {
      const code = first.codeAt(slot)
      const group = code === undefined ? undefined : known[code]
      if (group !== undefined) {
        this.#groups.add(group)
        return group
      }
      const found = entered(slot)
      if (code !== undefined && found !== undefined) known[code] = found
      return found
    }
  }

  leave(slot: Slot, record: StoredRecord): void {
    const groupKey = this.#groupKeyOf(record)
    const group = groupKey === undefined ? undefined : this.#groups.find(groupKey)
    if (group === undefined) return
    const key = this.#order.keyOf(fieldValue(record, this.#lastField))
    if (this.list.remove({ group, key, slot })) this.#groups.leave(group)
  }

  /** The values of the first field, with the number of records that hold them; for one leading field, of kind `value`. */
  *counts(): IterableIterator<[value: JsonValue, count: number]> {
    for (const [key, count] of this.#groups.counts()) yield [keyedValue(key), count]
  }

  clear(): void {
    this.list.clear()
    this.#groups.clear()
  }

  get bytes(): number {
    return this.list.bytes + this.#groups.bytes
  }

  release(): readonly ArrayBufferView[] {
    return [...this.list.release(), ...this.#groups.release()]
  }

  save(image: ImageWriter): void {
    this.list.save(image)
    this.#groups.save(image)
  }

  load(image: ImageReader): void {
    this.list.load(image)
    this.#groups.load(image)
  }

  #keysOf(probe: Probe): readonly string[] | undefined {
    return probedKeys(this.#name, this.#leadingKinds, probe)
  }

  /** `undefined` when a leading field is absent. */
  #groupKeyOf(record: StoredRecord): string | undefined {
    // One leading field is what most have, and its key is that of the group.
    if (this.#leading.length === 1) {
      const value = fieldValue(record, this.#leading[0] ?? '')
      return value === undefined ? undefined : valueKey(value, this.#leadingKinds[0] ?? 'value')
    }
    const keys: string[] = []
    for (let at = 0; at < this.#leading.length; at++) {
      const value = fieldValue(record, this.#leading[at] ?? '')
      if (value === undefined) return undefined
      keys.push(valueKey(value, this.#leadingKinds[at] ?? 'value'))
    }
    return combinedKey(keys)
  }
}
