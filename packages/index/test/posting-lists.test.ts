import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ElementLists } from '../src/lists/element-lists.ts'
import { PostingLists } from '../src/lists/posting-lists.ts'
import { runs } from './runs.ts'

const keys = ['a', 'b', '018d2b1c-7a00-7000-8000-000000000001'] as const
const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b)

describe('posting lists', () => {
  const moves = fc.array(fc.tuple(fc.nat(11), fc.constantFrom(undefined, ...keys)), { maxLength: 150 })

  test('hold each entry where it was moved last', () => {
    fc.assert(
      fc.property(moves, (history) => {
        const lists = new PostingLists()
        const model = new Map<number, string>()
        for (const [entry, key] of history) {
          lists.move(entry, key)
          if (key === undefined) model.delete(entry)
          else model.set(entry, key)
          for (const one of keys) {
            const expected = [...model.keys()].filter((held) => model.get(held) === one)
            expect(sorted(lists.entries(one))).toEqual(sorted(expected))
            expect(lists.count(one)).toBe(expected.length)
          }
          expect(lists.size).toBe(model.size)
        }
        const counts = new Map(lists.counts())
        expect(sorted(counts.values())).toEqual(sorted([...new Set(model.values())].map((key) => lists.count(key))))
        expect([...lists.keys()].sort()).toEqual([...new Set(model.values())].sort())
      }),
      runs(60),
    )
  })
})

describe('element lists', () => {
  const puts = fc.array(fc.tuple(fc.nat(7), fc.uniqueArray(fc.constantFrom(...keys, 'c', 'd'))), { maxLength: 60 })

  test('hold each slot under the texts that it was put under last', () => {
    fc.assert(
      fc.property(puts, (history) => {
        const lists = new ElementLists()
        const model = new Map<number, readonly string[]>()
        let mostOthers = 0
        for (const [slot, texts] of history) {
          lists.put(slot, texts)
          model.set(slot, texts)
          for (const one of [...keys, 'c', 'd']) {
            const expected = [...model.keys()].filter((held) => model.get(held)?.includes(one))
            expect(sorted(lists.slots(one))).toEqual(sorted(expected))
            expect(lists.count(one)).toBe(expected.length)
          }
          expect(lists.size).toBe([...model.values()].flat().length)
          const others = [...model.values()].map((held) => Math.max(0, held.length - 1))
          mostOthers = Math.max(
            mostOthers,
            others.reduce((sum, count) => sum + count, 0),
          )
          expect(lists.mostOthers).toBe(mostOthers)
        }
        expect([...new Set(lists.keys())].sort()).toEqual([...new Set([...model.values()].flat())].sort())
      }),
      runs(60),
    )
  })
})
