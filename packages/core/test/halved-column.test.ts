import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HalvedColumn, pageRows } from '../src/records/halved-column.ts'

const makers = [
  ['Uint32Array', () => new Uint32Array(pageRows), Number.MAX_SAFE_INTEGER],
  ['Uint16Array', () => new Uint16Array(pageRows), 2 ** 32 - 1],
] as const

test.each(makers)(
  'a column of halves in a %s holds what a list holds, in whatever order rows are set, and so does its copy',
  (_, make, most) => {
    const near = fc.nat({ max: 300 }).map((n) => Math.floor(most / 3) + n)
    const value = fc.oneof(
      near,
      fc.nat({ max: 70_000 }).map((n) => Math.min(n, most)),
      fc.integer({ min: 0, max: most }),
    )
    const row = fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: pageRows - 1 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(row, value), { maxLength: 40 }), fc.nat({ max: 40 }), (sets, before) => {
        let column = new HalvedColumn(make())
        const plain = new Float64Array(pageRows)
        for (const [step, [at, number]] of sets.entries()) {
          if (step === before) column = copyOf(column, make())
          column.set(at, number)
          plain[at] = number
        }
        expect(column.copyTo(new Float64Array(pageRows))).toEqual(plain)
        const filled = new HalvedColumn(make())
        filled.fill(plain)
        expect(filled.copyTo(new Float64Array(pageRows))).toEqual(plain)
      }),
    )
  },
)

/** As a page is copied: its lower halves by whoever holds them, and the copy goes its own way. */
function copyOf(column: HalvedColumn, low: Uint16Array | Uint32Array): HalvedColumn {
  const values = column.copyTo(new Float64Array(pageRows))
  low.set(values.map((value) => value % 2 ** (low.BYTES_PER_ELEMENT * 8)))
  const copy = column.copy(low)
  for (let at = 0; at < pageRows; at++) column.set(at, 1)
  return copy
}

test('neighbours that have their upper halves in common take no memory for them', () => {
  const column = new HalvedColumn(new Uint32Array(pageRows))
  for (let at = 0; at < pageRows; at++) column.set(at, 7 * 2 ** 33 + at * 400)
  expect(column.bytes).toBe(0)
  column.set(9, 8 * 2 ** 33)
  expect(column.bytes).toBe(pageRows * 4)
  expect([column.get(8), column.get(9)]).toEqual([7 * 2 ** 33 + 3_200, 8 * 2 ** 33])
})
