import { checksum } from './crc.ts'
import { readTail } from './line.ts'

const sealBytes = 18
const bitsPerByte = 8

/** The CRC-32 of each byte alone, as zlib computes it: reflected, polynomial 0xEDB88320. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < bitsPerByte; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

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
  const added = Uint32Array.from({ length: bitsPerByte }, (_, bit) => table[1 << bit] ?? 0)
  for (let byte = bytes - 1; byte >= 0; byte--) {
    for (let bit = 0; bit < bitsPerByte; bit++) {
      const now = added[bit] ?? 0
      if (now === wanted) found.push(byte * bitsPerByte + bit)
      added[bit] = (table[now & 0xff] ?? 0) ^ (now >>> bitsPerByte)
    }
  }
  return found
}

function flipped(line: Buffer, bit: number): Buffer {
  const copy = Buffer.from(line)
  const byte = Math.floor(bit / bitsPerByte)
  copy[byte] = (copy[byte] ?? 0) ^ (1 << (bit % bitsPerByte))
  return copy
}
