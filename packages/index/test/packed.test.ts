import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DamagedImage } from '../src/images/damaged-image.ts'
import { makeDoubles, packDoubles, unpackDoubles } from '../src/images/packed-doubles.ts'
import { makeWords, packWords, unpackWords } from '../src/images/packed-words.ts'

const word = fc.oneof(
  fc.nat({ max: 3 }),
  fc.nat({ max: 1_000 }),
  fc.nat({ max: 0xffff_ffff }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff),
)
/** Mostly a line that goes up or down, with numbers that stand apart from it. */
const line = fc
  .record({
    first: word,
    slope: fc.integer({ min: -300, max: 300 }),
    noise: fc.nat({ max: 2_000 }),
    length: fc.nat({ max: 2_100 }),
  })
  .chain(({ first, slope, noise, length }) =>
    fc
      .array(fc.tuple(fc.nat({ max: noise }), fc.option(word, { freq: 20 })), {
        minLength: length,
        maxLength: length,
        size: 'max',
      })
      .map((rows) => Uint32Array.from(rows, ([more, other], at) => other ?? first + at * slope + more)),
  )
const words = fc.oneof(
  line,
  fc.array(word, { maxLength: 200 }).map((all) => Uint32Array.from(all)),
)

test('what was packed is unpacked again, of one column and of several', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 4 }), (values, columns) => {
      const whole = values.subarray(0, values.length - (values.length % columns))
      expect(unpackWords(packWords(whole, columns), makeWords)).toEqual(Uint32Array.from(whole))
    }),
    { numRuns: 400 },
  )
})

const double = fc.oneof(
  fc.nat(),
  fc.double(),
  fc.constantFrom(
    -0,
    -1,
    0.5,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1_767_225_600_000_000,
  ),
)

test('so are doubles, to the last bit', () => {
  const whole = fc.maxSafeNat()
  const instants = fc
    .array(fc.nat({ max: 1e10 }), { maxLength: 1_500 })
    .map((all) => all.map((ms) => (1.7e12 + ms) * 1_000))
  fc.assert(
    fc.property(fc.oneof(fc.array(double), fc.array(whole), instants), (all) => {
      const values = Float64Array.from(all)
      expect(new BigUint64Array(unpackDoubles(packDoubles(values), makeDoubles).buffer)).toEqual(
        new BigUint64Array(values.buffer),
      )
    }),
  )
})

const bytesEach = (packed: Uint32Array, values: { readonly length: number }) => packed.byteLength / values.length

test('numbers that go up steadily, or lie together, take few bytes, some that do not notwithstanding', () => {
  const places = Float64Array.from({ length: 10_240 }, (_, at) => 3 * 2 ** 40 + at * 420 + ((at * 7_919) % 64))
  expect(bytesEach(packDoubles(places), places)).toBeLessThan(1.3)
  const micros = Float64Array.from({ length: 10_240 }, (_, at) => 1_767_225_600_000_000 + at * 57_000)
  expect(bytesEach(packDoubles(micros), micros)).toBeLessThan(0.1)
  const slots = Uint32Array.from({ length: 10_240 }, (_, at) => (at % 20 === 0 ? 0 : at - 1))
  expect(bytesEach(packWords(slots), slots)).toBeLessThan(1.9)
  const same = new Uint32Array(10_240).fill(7)
  expect(bytesEach(packWords(same), same)).toBeLessThan(0.02)
  const random = Uint32Array.from({ length: 10_240 }, (_, at) => Math.imul(at, 0x9e3779b1))
  expect(bytesEach(packWords(random), random)).toBeLessThan(4.02)
})

test('what makes no sense is told', () => {
  const packed = packWords(Uint32Array.from({ length: 3_000 }, (_, at) => at * at))
  for (let at = 0; at < packed.length; at++) {
    for (const flipped of [0xffff_ffff, 0x8000, 1]) {
      const other = Uint32Array.from(packed)
      other[at] = (other[at] ?? 0) ^ flipped
      let values: Uint32Array | undefined
      try {
        values = unpackWords(other, makeWords)
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedImage)
      }
      expect(values?.length ?? 0).toBeLessThan(10_000)
    }
  }
  expect(() => unpackWords(packed.subarray(0, -1), makeWords)).toThrow(DamagedImage)
  expect(() => unpackWords(new Uint32Array(0), makeWords)).toThrow(DamagedImage)
  expect(() => unpackDoubles(packed, makeDoubles)).toThrow(DamagedImage)
})
