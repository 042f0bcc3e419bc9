import { compareValues, type FieldKind, type JsonValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Extremes } from '../src/results/extremes.ts'
import { runs } from './runs.ts'

const values = {
  value: [1, 2, 3, 4, 'a', 'b', true, ['x']],
  time: [
    '2026-01-01T10:00:00Z',
    '2026-01-01T10:00:00.000Z',
    '2026-01-01T11:00:00+01:00',
    '2026-01-02T00:00:00Z',
    'x',
    7,
  ],
} as const satisfies Record<FieldKind, readonly JsonValue[]>

/** By a look at all of them; of several ways to write one value the least text. */
function firstOf(all: readonly JsonValue[], kind: FieldKind, direction: 1 | -1): JsonValue | undefined {
  const [first] = all.toSorted(
    (left, right) => compareValues(left, right, kind) * direction || (String(left) < String(right) ? -1 : 1),
  )
  return first
}

const step = fc.record({ isLess: fc.boolean(), at: fc.nat({ max: 7 }) })

test.each(['value', 'time'] as const)(
  'the first of a %s is what a look at all of them finds, or is known not to be known',
  (kind) => {
    let shorts = 0
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(1, 2, 3),
        fc.constantFrom(1, -1),
        (steps, reserve, direction) => {
          const extremes = new Extremes({ kind, direction, reserve, isWhole: false })
          const all: JsonValue[] = []
          for (const { isLess, at } of steps) {
            if (isLess && all.length > 0) {
              const [gone] = all.splice(at % all.length, 1)
              if (gone !== undefined) extremes.remove(gone)
            } else {
              const value = values[kind][at % values[kind].length] ?? 0
              all.push(value)
              expect(extremes.add(value)).toBe(true)
            }
            if (extremes.isShort) shorts++
            if (extremes.isShort) expect(all).not.toEqual([])
            else expect(extremes.first).toEqual(firstOf(all, kind, direction))
            if (extremes.isShort) return
          }
        },
      ),
      runs(300),
    )
    expect(shorts).toBeGreaterThan(0)
  },
)

test('it is short only when as many values have gone as are held', () => {
  const extremes = new Extremes({ kind: 'value', direction: -1, reserve: 3, isWhole: false })
  for (const n of [1, 2, 3, 4, 5, 5]) extremes.add(n)
  for (const n of [5, 4, 5]) extremes.remove(n)
  expect([extremes.first, extremes.isShort]).toEqual([3, false])
  extremes.remove(3)
  expect([extremes.first, extremes.isShort]).toEqual([undefined, true])
})

test('where all are to be held, one too many is told', () => {
  const extremes = new Extremes({ kind: 'value', direction: 1, reserve: 2, isWhole: true })
  expect([1, 2, 2, 3].map((n) => extremes.add(n))).toEqual([true, true, true, false])
})
