import { checksum } from '../format/crc.ts'
import { readTail } from '../format/line.ts'

const sealBytes = 18
const bitsPerByte = 8

/** What a CRC-32 becomes over one more byte of zeros: reflected, polynomial 0xEDB88320, as zlib computes it. */
function overZeros(crc: number): number {
  let after = crc
  for (let bit = 0; bit < bitsPerByte; bit++) after = after & 1 ? (after >>> 1) ^ 0xedb88320 : after >>> 1
  return after >>> 0
}

/**
 * Every line that differs from this one (without its line feed) in one bit and whose checksum holds. O(length): a CRC is
 * linear, so that what one flipped bit adds to it depends only on how far from the end it stands.
 */
export function singleBitFixes(line: Buffer): Buffer[] {
  const crcAt = line.length - sealBytes
  if (crcAt <= 0) return []
  const fixes = new Set<number>()
  for (let bit = crcAt * bitsPerByte; bit < line.length * bitsPerByte; bit++) fixes.add(bit)
  const wrong = wrongBits(line, crcAt)
  if (wrong !== undefined) for (const bit of bitsThatAdd(wrong, crcAt)) fixes.add(bit)
  return [...fixes]
    .map((bit) => flipped(line, bit))
    .filter((candidate) => typeof readTail(candidate, 0, candidate.length) !== 'string')
}

/** How the checksum that is written differs from the one of the bytes; `undefined` where none is written. */
function wrongBits(line: Buffer, crcAt: number): number | undefined {
  const written = /^,"crc":"([0-9a-f]{8})"\}$/.exec(line.toString('latin1', crcAt))?.[1]
  return written === undefined ? undefined : (Number.parseInt(written, 16) ^ checksum(line.subarray(0, crcAt))) >>> 0
}

/** The bits of a text of so many bytes which, flipped, change its checksum by `wanted`. */
function bitsThatAdd(wanted: number, bytes: number): number[] {
  const found: number[] = []
  for (let bit = 0; bit < bitsPerByte; bit++) {
    let added = overZeros(1 << bit)
    for (let byte = bytes - 1; byte >= 0; byte--) {
      if (added === wanted) found.push(byte * bitsPerByte + bit)
      added = overZeros(added)
    }
  }
  return found
}

function flipped(line: Buffer, bit: number): Buffer {
  const copy = Buffer.from(line)
  const byte = Math.floor(bit / bitsPerByte)
  copy.writeUInt8(copy.readUInt8(byte) ^ (1 << (bit % bitsPerByte)), byte)
  return copy
}
