import type { Slot } from '@stateward/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { type Key, keyOrder } from '../src/keys/key-order.ts'
import type { Entry } from '../src/lists/chunk.ts'
import { columnLength } from '../src/lists/column-room.ts'
import { OrderedList } from '../src/lists/ordered-list.ts'
import { runs } from './runs.ts'
import { uuidAt } from './uuid-at.ts'

/** How many entries come or go, and in what order; a chunk holds 512. */
interface Step {
  readonly action: 'insert' | 'remove'
  readonly count: number
  readonly keys: 'ascending' | 'descending' | 'few' | 'one' | 'mixed' | 'absent'
  readonly groups: 1 | 3
  readonly pick: 'oldest' | 'newest' | 'lowest' | 'highest' | 'scattered'
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom('insert', 'insert', 'remove'),
  count: fc.oneof(fc.nat(20), fc.integer({ min: 300, max: 1_600 })),
  keys: fc.constantFrom('ascending', 'descending', 'few', 'one', 'mixed', 'absent'),
  groups: fc.constantFrom(1, 3),
  pick: fc.constantFrom('oldest', 'newest', 'lowest', 'highest', 'scattered'),
})

const order = keyOrder('value')
const idOf = (slot: Slot): string => `id ${String((slot * 7_919) % 100_003).padStart(6, '0')}`
const byPlace = (left: Entry, right: Entry): number =>
  left.group - right.group || order.compare(left.key, right.key) || (idOf(left.slot) < idOf(right.slot) ? -1 : 1)

/** A list beside an array that is sorted at every look. */
class Twin {
  readonly list = new OrderedList(order)
  entries: Entry[] = []
  #slots = 0

  apply(step: Step): void {
    if (step.action === 'insert') for (let at = 0; at < step.count; at++) this.#insert(step, at)
    else for (const entry of this.#picked(step)) this.#remove(entry)
  }

  #insert({ keys, groups, count }: Step, at: number): void {
    const slot = this.#slots++
    const entry = { group: at % groups, key: keyOf(keys, slot, count - at), slot }
    this.list.insert(entry, idOf(slot))
    this.entries.push(entry)
  }

  #remove(entry: Entry): void {
    expect(this.list.remove(entry)).toBe(true)
    expect(this.list.remove(entry)).toBe(false)
  }

  /** Takes them out of the array. */
  #picked({ pick, count }: Step): readonly Entry[] {
    const sorted = pick === 'oldest' || pick === 'newest' ? this.entries : this.entries.toSorted(byPlace)
    const from = pick === 'newest' || pick === 'highest' ? Math.max(0, sorted.length - count) : 0
    const picked =
      pick === 'scattered' ? sorted.filter((entry) => entry.slot % 3 === 0) : sorted.slice(from, from + count)
    const gone = new Set(picked)
    this.entries = this.entries.filter((entry) => !gone.has(entry))
    return picked
  }
}

function keyOf(keys: Step['keys'], slot: Slot, left: number): Key {
  switch (keys) {
    case 'ascending':
      return slot
    case 'descending':
      return left
    case 'few':
      return (slot * 31) % 5
    case 'one':
      return 3
    case 'mixed':
      return slot % 50 === 0 ? `text ${slot % 7}` : (slot * 31) % 1_000
    case 'absent':
      return undefined
  }
}

const slotsOf = (entries: readonly Entry[]): Slot[] => entries.map((entry) => entry.slot)

describe('an ordered list of many chunks', () => {
  const steps = fc.array(anyStep, { minLength: 1, maxLength: 6 })
  const bound = fc.record({
    group: fc.nat(3),
    key: fc.oneof(fc.constant(undefined), fc.integer({ min: -1, max: 1_700 }), fc.constant('text 3')),
    side: fc.constantFrom('before', 'after'),
  })

  test('stands as a sorted array does, whatever comes and goes', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.tuple(bound, bound), { maxLength: 6 }), (history, bounds) => {
        const twin = new Twin()
        for (const step of history) twin.apply(step)
        const { list } = twin
        const sorted = twin.entries.toSorted(byPlace)
        expect(list.size).toBe(sorted.length)
        expect([...list.ascending(list.start, list.end)]).toEqual(slotsOf(sorted))
        expect([...list.backward(list.start, list.end)]).toEqual(slotsOf(sorted).reverse())
        expect([...list.descending(list.start, list.end)]).toEqual(slotsOf(sorted.toSorted(byPlaceDescending)))
        for (const [low, high] of bounds) {
          const from = list.place(low.group, low.key, low.side)
          const to = list.place(high.group, high.key, high.side)
          const within = sorted.filter((entry) => isBehind(entry, low) && !isBehind(entry, high))
          expect(list.count(from, to)).toBe(within.length)
          expect([...list.ascending(from, to)]).toEqual(slotsOf(within))
          expect([...list.backward(from, to)]).toEqual(slotsOf(within).reverse())
          expect([...list.descending(from, to)]).toEqual(slotsOf(within.toSorted(byPlaceDescending)))
          const group = sorted.filter((entry) => entry.group === low.group)
          const [start, end] = [list.placeOfGroup(low.group, 'before'), list.placeOfGroup(low.group, 'after')]
          expect([...list.ascending(start, end)]).toEqual(slotsOf(group))
        }
      }),
      runs(60),
    )
  })

  test('chunks filled in order are full, in one group and in several side by side', () => {
    for (const groups of [1, 3] as const) {
      const twin = new Twin()
      twin.apply({ action: 'insert', count: 20 * columnLength, keys: 'ascending', groups, pick: 'oldest' })
      expect(twin.list.chunkCount).toBeLessThanOrEqual(20 + 2 * groups)
    }
  })

  test('chunks filled nearly in order are nearly full, and others half full at least', () => {
    const fill = (keyAt: (slot: Slot) => Key): number => {
      const list = new OrderedList(order)
      for (let slot = 0; slot < 20 * columnLength; slot++) list.insert({ group: 0, key: keyAt(slot), slot }, idOf(slot))
      return list.size / (list.chunkCount * columnLength)
    }
    expect(fill((slot) => Math.floor(slot / 8))).toBeGreaterThan(0.9)
    expect(fill((slot) => slot + ((slot * 7) % 20))).toBeGreaterThan(0.9)
    expect(fill((slot) => (slot * 7_919) % 10_007)).toBeGreaterThan(0.5)
  })

  test('chunks emptied by half are joined', () => {
    const twin = new Twin()
    twin.apply({ action: 'insert', count: 10 * columnLength, keys: 'few', groups: 1, pick: 'oldest' })
    while (twin.entries.length > columnLength) {
      twin.apply({ action: 'remove', count: 0, keys: 'few', groups: 1, pick: 'scattered' })
      twin.apply({ action: 'remove', count: 500, keys: 'few', groups: 1, pick: 'oldest' })
    }
    expect(twin.list.chunkCount).toBeLessThanOrEqual(4)
  })
})

test('what a list takes follows its entries, however they come and go: 16 bytes each, of columns that are a seventh empty', () => {
  const ids = idTable()
  const list = new OrderedList(order, ids)
  const count = 40 * columnLength
  const entryAt = (at: number): Entry => ({ group: at % 40, key: (at * 7_919) % 10_007, slot: at })
  for (let at = 0; at < count; at++) list.insert(entryAt(ids.insert(uuidAt(at))), uuidAt(at))
  expect(list.bytes / list.size).toBeLessThan(21)
  for (let at = 0; at < count; at++) if (at % 5 < 3) list.remove(entryAt(at))
  expect(list.bytes / list.size).toBeLessThan(24)
})

interface Border {
  readonly group: number
  readonly key: Key
  readonly side: 'before' | 'after'
}

function isBehind(entry: Entry, { group, key, side }: Border): boolean {
  const difference = entry.group - group || order.compare(entry.key, key)
  return side === 'before' ? difference >= 0 : difference > 0
}

function byPlaceDescending(left: Entry, right: Entry): number {
  return right.group - left.group || order.compare(right.key, left.key) || (idOf(left.slot) < idOf(right.slot) ? -1 : 1)
}
