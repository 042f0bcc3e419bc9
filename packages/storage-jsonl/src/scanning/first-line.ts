import type { ReadableFile } from '../files/chunks.ts'
import { readTail } from '../format/line.ts'

const headerBytesMax = 65_536
/** More than any header that this version writes. */
const headerBytesLikely = 1_024

export interface FirstLine {
  readonly text: string
  /** Whether nothing comes behind it. */
  readonly isAll: boolean
}

/** The first line of a segment, if it is whole and its checksum holds. */
export async function readFirstLine(file: ReadableFile): Promise<FirstLine | undefined> {
  let found = await readStart(file, headerBytesLikely)
  // A line feed as the last byte does not tell whether more comes behind it.
  const isEnough = found.length < headerBytesLikely || found.subarray(0, -1).includes(0x0a)
  if (!isEnough) found = await readStart(file, headerBytesMax)
  const end = found.indexOf(0x0a)
  if (end < 0 || typeof readTail(found, 0, end) === 'string') return undefined
  return { text: found.toString('utf8', 0, end), isAll: end + 1 === found.length }
}

async function readStart(file: ReadableFile, most: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(most)
  return bytes.subarray(0, await file.read(bytes, 0))
}
