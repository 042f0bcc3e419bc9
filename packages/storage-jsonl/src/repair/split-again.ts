import { readTail } from '../format/line.ts'

const sealMark = Buffer.from(',"crc":"')
const sealBytes = 18
const brace = 0x7b

/**
 * The lines that stand in one: where a line feed was lost, the end of a checksum shows where. A byte between two lines
 * that begins none stands for the line feed. What is left and holds no line comes as it is.
 */
export function splitAgain(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let at = bytes.indexOf(sealMark); at >= 0; at = bytes.indexOf(sealMark, at + 1)) {
    const end = at + sealBytes
    if (end > bytes.length || typeof readTail(bytes, start, end) === 'string') continue
    lines.push(bytes.subarray(start, end))
    start = end === bytes.length || bytes[end] === brace ? end : end + 1
  }
  if (start < bytes.length) lines.push(bytes.subarray(start))
  return lines
}
