import type { DiskFile } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'

const lineFeed = 0x0a

/** What reading a file from one end to the other needs of it. */
export type ReadableFile = Pick<DiskFile, 'read'>

/** Bytes of a file that hold whole lines, or (`whole: false`) what is left at the end without a line feed. */
export interface Lines {
  readonly bytes: Buffer
  /** Where in the file they stand. */
  readonly offset: number
  readonly whole: boolean
}

/** The bytes of a file from `from` to `to`, in buffers that are not used again. Ends early where the file does. */
export async function* fileChunks(
  file: ReadableFile,
  range: { readonly from: number; readonly to: number; readonly chunkBytes?: number | undefined },
): AsyncGenerator<Buffer> {
  const { chunkBytes = bounds.readBytes } = range
  for (let at = range.from; at < range.to; ) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, range.to - at))
    const count = await file.read(chunk, at)
    if (count > 0) yield chunk.subarray(0, count)
    if (count < chunk.length) return
    at += count
  }
}

/** Cuts chunks behind their last line feeds; a line that goes over a border comes by itself. `offset`: of the first byte. */
export async function* wholeLines(chunks: AsyncIterable<Buffer>, offset = 0): AsyncGenerator<Lines> {
  let at = offset
  let begun: Buffer[] = []
  let begunBytes = 0
  for await (const chunk of chunks) {
    let rest = chunk
    if (begunBytes > 0) {
      const end = chunk.indexOf(lineFeed) + 1
      begun.push(end === 0 ? chunk : chunk.subarray(0, end))
      begunBytes += end === 0 ? chunk.length : end
      if (end === 0 && begunBytes <= bounds.lineBytes) continue
      yield { bytes: Buffer.concat(begun), offset: at, whole: end > 0 }
      if (end === 0) return
      at += begunBytes
      rest = chunk.subarray(end)
    }
    const end = rest.lastIndexOf(lineFeed) + 1
    if (end > 0) yield { bytes: rest.subarray(0, end), offset: at, whole: true }
    at += end
    begun = end < rest.length ? [rest.subarray(end)] : []
    begunBytes = rest.length - end
  }
  if (begunBytes > 0) yield { bytes: Buffer.concat(begun), offset: at, whole: false }
}
