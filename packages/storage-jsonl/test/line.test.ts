import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksum } from '../src/format/crc.ts'
import { readTail, seal, sealBytesMax, sealedLine, unsealInPlace } from '../src/format/line.ts'
import { resealed } from './resealed.ts'

const record = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())
  .map((value) => Buffer.from(JSON.stringify(value)))
const seq = fc.maxSafeNat()
const dur = fc.option(fc.maxSafeNat(), { nil: undefined })

test('a sealed line is JSON with seq, dur and crc last, and gives its record back', () => {
  fc.assert(
    fc.property(record, seq, dur, fc.nat({ max: 40 }), (given, number, proven, at) => {
      const into = Buffer.alloc(at + given.length + sealBytesMax, 0x78)
      const end = seal(into, at, given, { seq: number, dur: proven })
      const line = into.toString('utf8', at, end)
      const tail = JSON.parse(line)
      expect([tail.seq, tail.dur]).toEqual([number, proven ?? JSON.parse(given.toString()).dur])
      expect(line.slice(0, given.toString().length - 1)).toBe(given.toString().slice(0, -1))
      expect(line).toMatch(/,"crc":"[0-9a-f]{8}"\}\n$/)
      expect(tail.crc).toBe((crc32(line.slice(0, -19)) >>> 0).toString(16).padStart(8, '0'))
      const found = readTail(into, at, end - 1)
      if (typeof found === 'string') throw new Error(found)
      expect([found.seq, found.dur]).toEqual([number, proven ?? -1])
      expect(unsealInPlace(into, at, found)).toEqual(given)
    }),
  )
})

test('a record that ends like a seal comes back as it was', () => {
  for (const text of ['{"seq":5}', '{"a":1,"seq":5,"dur":4}', '{"seq":5,"dur":4,"crc":"00000000"}', '{}']) {
    const line = sealedLine(Buffer.from(text), { seq: 9, dur: 8 })
    const tail = readTail(line, 0, line.length - 1)
    if (typeof tail === 'string') throw new Error(tail)
    expect(JSON.parse(line.toString())).toMatchObject({ seq: 9, dur: 8 })
    expect(unsealInPlace(line, 0, tail).toString()).toBe(text)
  }
})

test('whatever bytes come, reading a tail neither throws nor believes what was not sealed', () => {
  const near = fc.tuple(record, seq, fc.nat(), fc.nat({ max: 255 })).map(([given, number, where, byte]) => {
    const line = Buffer.from(sealedLine(given, { seq: number }).subarray(0, -1))
    const at = where % line.length
    const before = line[at]
    line[at] = byte
    return { line, isSame: before === byte }
  })
  fc.assert(
    fc.property(near, ({ line, isSame }) => {
      expect(typeof readTail(line, 0, line.length) === 'string').toBe(!isSame)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(typeof readTail(Buffer.from(bytes), 0, bytes.length)).toBe('string')
    }),
  )
})

test('a checksum is written in hex digits: other characters do not stand for the same number', () => {
  let tried = 0
  for (let n = 0; n < 200; n++) {
    const line = sealedLine(Buffer.from(`{"n":${n}}`), { seq: n + 1 })
    const end = line.length - 1
    for (let at = end - 10; at < end - 3; at++) {
      const [one = 0, other = 0] = [line[at], line[at + 1]]
      // A digit less, and sixteen more in the next place, make the same number: "1a" and "0q".
      if (!(one > 0x30 && one <= 0x39) || other < 0x61) continue
      const changed = Buffer.from(line)
      changed[at] = one - 1
      changed[at + 1] = other + 16
      expect(readTail(changed, 0, end)).toBe('the checksum does not match')
      tried++
    }
  }
  expect(tried).toBeGreaterThan(50)
})

test.each([
  ['a line without numbers', '{"a":"x"'],
  ['another key than seq', '{"a":1,"sex":5'],
  ['a seq that belongs to a word', '{"a":1x"seq":5'],
  ['a seq that fits no number', '{"a":1,"seq":99999999999999999999'],
  ['a seq that is empty', '{"a":1,"seq":'],
  ['dur alone', '{"a":"b","dur":4'],
  ['dur behind no comma', '{"a":1,"seq":5;"dur":4'],
  ['dur before which no seq stands', '{"a":1,"sex":5,"dur":4'],
])('a line whose checksum holds is none of a log without its seq: %s', (_name, text) => {
  const line = Buffer.from(resealed(`${text},"crc":"00000000"}`))
  expect(readTail(line, 0, line.length)).toBe('the line has no seq')
})

test('the checksum of some bytes goes on behind those before them, and of none is that of those', () => {
  const bytes = Buffer.from('of a segment')
  expect(checksum(bytes.subarray(5), checksum(bytes.subarray(0, 5)))).toBe(checksum(bytes))
  expect(checksum(Buffer.alloc(0).subarray(0, 0), checksum(bytes))).toBe(checksum(bytes))
})
