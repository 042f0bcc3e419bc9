import { createHash } from 'node:crypto'
import type { DiskFile } from '@stateward/contract'
import { checksum, hex8 } from '../format/crc.ts'
import type { Checkpoint } from './checkpoint.ts'
import { fileChunks } from './chunks.ts'

export interface Range {
  readonly from: number
  readonly to: number
}

/** CRC-32 of a part of a file, eight hex digits. */
export async function checksumOf(file: DiskFile, range: Range, checkpoint?: Checkpoint): Promise<string> {
  let crc = 0
  for await (const chunk of fileChunks(file, range)) {
    crc = checksum(chunk, crc)
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
