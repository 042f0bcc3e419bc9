import { createHash } from 'node:crypto'
import type { DiskFile } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { checksum, hex8 } from '../format/crc.ts'
import type { Checkpoint } from './checkpoint.ts'
import { fileChunks } from './chunks.ts'

export interface Range {
  readonly from: number
  readonly to: number
}

/** CRC-32 of a part of a file, eight hex digits. */
export async function checksumOf(file: DiskFile, range: Range, checkpoint?: Checkpoint): Promise<string> {
  // One buffer again and again: the collector learns late of many.
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(bounds.readBytes, range.to - range.from)))
  let crc = 0
  for (let at = range.from; at < range.to; ) {
    const into = buffer.subarray(0, range.to - at)
    const count = await file.read(into, at)
    crc = checksum(into.subarray(0, count), crc)
    if (count < into.length) break
    at += count
    await checkpoint?.()
  }
  return hex8(crc)
}

/** SHA-256 of a part of a file, hex. */
export async function sha256Of(file: DiskFile, range: Range): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of fileChunks(file, range)) hash.update(chunk)
  return hash.digest('hex')
}
