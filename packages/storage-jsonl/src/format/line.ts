import type { Seq } from '@stateward/contract'
import { checksum } from './crc.ts'

const quote = 0x22
const comma = 0x2c
const brace = 0x7b
const closingBrace = 0x7d
const lineFeed = 0x0a
const zero = 0x30
const nine = 0x39
const lowerA = 0x61
const lowerF = 0x66
const seqKey = Buffer.from('"seq":')
const durKey = Buffer.from('"dur":')
const crcKey = Buffer.from(',"crc":"')
/** `,"crc":"1a2b3c4d"}` */
const sealBytes = 18
const hexDigits = Buffer.from('0123456789abcdef')

/** The most bytes that sealing adds to a record, its line feed included. */
export const sealBytesMax = 64

/** The tail of a sealed line, and where it begins: a `}` put there makes the line the record again. */
export interface Tail {
  readonly bodyEnd: number
  readonly seq: Seq
  /** -1 where the line has none. */
  readonly dur: Seq
}

/**
 * Writes `record` as a sealed line at `at`: its last `}` becomes `,"seq":…,"dur":…,"crc":"…"}` and a line feed. The
 * checksum covers every byte of the line before `,"crc":"`. Returns the offset behind the line feed; `into` must have
 * room for the record and `sealBytesMax`.
 */
export function seal(into: Buffer, at: number, record: Uint8Array, tail: { seq: Seq; dur?: Seq | undefined }): number {
  into.set(record, at)
  let end = at + record.length - 1
  if (record.length > 2) into[end++] = comma
  end = putNumber(into, putBytes(into, end, seqKey), tail.seq)
  if (tail.dur !== undefined) {
    into[end++] = comma
    end = putNumber(into, putBytes(into, end, durKey), tail.dur)
  }
  const crc = checksum(into.subarray(at, end))
  end = putHex(into, putBytes(into, end, crcKey), crc)
  into[end++] = quote
  into[end++] = closingBrace
  into[end++] = lineFeed
  return end
}

/** A sealed line of its own. */
export function sealedLine(record: Uint8Array, tail: { seq: Seq; dur?: Seq }): Buffer {
  const line = Buffer.allocUnsafe(record.length + sealBytesMax)
  return line.subarray(0, seal(line, 0, record, tail))
}

/**
 * Checks the line in `bytes` from `start` to `end` (without its line feed). Returns its tail, or in words what is wrong.
 */
export function readTail(bytes: Buffer, start: number, end: number): Tail | string {
  const crcAt = end - sealBytes
  if (crcAt <= start || bytes[start] !== brace)
    return 'no sealed line: it does not begin with { and end with a checksum'
  if (!isAt(bytes, crcAt, crcKey) || bytes[end - 2] !== quote || bytes[end - 1] !== closingBrace) {
    return 'no sealed line: it does not end with a checksum'
  }
  const written = hexAt(bytes, crcAt + crcKey.length)
  if (written === undefined || written !== checksum(bytes.subarray(start, crcAt))) return 'the checksum does not match'
  return tailBefore(bytes, start, crcAt) ?? 'the line has no seq'
}

/** The record of a line whose tail was read, in the line's own bytes: the seal is gone from them afterwards. */
export function unsealInPlace(bytes: Buffer, start: number, tail: Tail): Buffer {
  bytes[tail.bodyEnd] = closingBrace
  return bytes.subarray(start, tail.bodyEnd + 1)
}

function tailBefore(bytes: Buffer, start: number, crcAt: number): Tail | undefined {
  const last = numberBefore(bytes, start, crcAt)
  if (last === undefined) return undefined
  const key = last.at - durKey.length
  if (!isAt(bytes, key, durKey)) return tailOf(bytes, start, last, -1)
  if (bytes[key - 1] !== comma) return undefined
  const seq = numberBefore(bytes, start, key - 1)
  return seq === undefined ? undefined : tailOf(bytes, start, seq, last.value)
}

function tailOf(bytes: Buffer, start: number, seq: { at: number; value: number }, dur: Seq): Tail | undefined {
  const key = seq.at - seqKey.length
  if (key <= start || !isAt(bytes, key, seqKey)) return undefined
  if (bytes[key - 1] === comma) return { bodyEnd: key - 1, seq: seq.value, dur }
  return key === start + 1 ? { bodyEnd: key, seq: seq.value, dur } : undefined
}

function numberBefore(bytes: Buffer, start: number, end: number): { at: number; value: number } | undefined {
  let at = end
  let value = 0
  for (let unit = 1; at > start + 1; unit *= 10) {
    const digit = bytes[at - 1] ?? 0
    if (digit < zero || digit > nine) break
    value += (digit - zero) * unit
    at--
  }
  return at === end || !Number.isSafeInteger(value) ? undefined : { at, value }
}

function isAt(bytes: Buffer, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false
  return true
}

function hexAt(bytes: Buffer, at: number): number | undefined {
  let value = 0
  for (let index = at; index < at + 8; index++) {
    const byte = bytes[index] ?? 0
    if (byte >= zero && byte <= nine) value = value * 16 + (byte - zero)
    else if (byte >= lowerA && byte <= lowerF) value = value * 16 + (byte - lowerA + 10)
    else return undefined
  }
  return value
}

function putBytes(into: Buffer, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) into[at + index] = bytes[index] ?? 0
  return at + bytes.length
}

function putNumber(into: Buffer, at: number, value: number): number {
  let length = 1
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) length++
  for (let index = at + length - 1, rest = value; index >= at; index--) {
    const next = Math.floor(rest / 10)
    into[index] = zero + (rest - next * 10)
    rest = next
  }
  return at + length
}

function putHex(into: Buffer, at: number, value: number): number {
  for (let index = 0; index < 8; index++) into[at + index] = hexDigits[(value >>> (28 - index * 4)) & 15] ?? 0
  return at + 8
}
