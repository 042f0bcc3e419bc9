import type { DiskFile } from '@stateward/contract'
import { readTail } from './line.ts'

const headerBytesMax = 65_536

export interface FirstLine {
  readonly text: string
  /** Whether nothing comes behind it. */
  readonly isAll: boolean
}

/** The first line of a segment, if it is whole and its checksum holds. */
export async function readFirstLine(file: DiskFile): Promise<FirstLine | undefined> {
  const bytes = Buffer.alloc(headerBytesMax)
  const found = bytes.subarray(0, await file.read(bytes, 0))
  const end = found.indexOf(0x0a)
  if (end < 0 || typeof readTail(found, 0, end) === 'string') return undefined
  return { text: found.toString('utf8', 0, end), isAll: end + 1 === found.length }
}
