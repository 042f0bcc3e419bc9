import { crc32 } from 'node:zlib'

const seal = /,"crc":"[0-9a-f]{8}"\}$/

/** A line, or lines, with the checksums that their text should have. */
export function resealed(text: string): string {
  return text.replace(/.+/g, (line) => {
    const body = line.replace(seal, '')
    return `${body},"crc":"${(crc32(body) >>> 0).toString(16).padStart(8, '0')}"}`
  })
}
