import type { BaseChunk, Ptr } from '@stateward/contract'
import { storageFailed } from '../environment/failure.ts'
import { fileChunks, wholeLines } from '../files/chunks.ts'
import type { FileCache } from '../files/file-cache.ts'
import { isControl } from '../format/control-line.ts'
import { readTail, unsealInPlace } from '../format/line.ts'
import type { BaseEntry } from '../format/manifest.ts'
import { makePtr } from '../format/ptr.ts'
import { DamagedLine, damageIn } from '../scanning/damage.ts'

/** The rows of a base, each checked by its checksum, and their number by the manifest. Throws `CORRUPT`. */
export async function* loadBase(
  files: FileCache,
  entry: BaseEntry,
): AsyncGenerator<BaseChunk & { readonly ptrs: readonly Ptr[] }> {
  const held = await files.acquire(entry.file).catch((error: unknown) => {
    throw storageFailed(error, 'reading a base')
  })
  let rows = 0
  try {
    for await (const { bytes, offset, whole } of wholeLines(fileChunks(held.file, { from: 0, to: entry.bytes }))) {
      if (!whole) throw new DamagedLine(entry.file, offset, 'the line does not end')
      const chunk = rowsOf(bytes, offset, entry)
      rows += chunk.records.length
      if (chunk.records.length > 0) yield chunk
    }
    if (rows !== entry.rows) {
      throw new DamagedLine(entry.file, entry.bytes, `the base has ${rows} rows, the manifest lists ${entry.rows}`)
    }
  } catch (error) {
    throw error instanceof DamagedLine ? await damageIn(held.file, error) : storageFailed(error, 'reading a base')
  } finally {
    files.release(held)
  }
}

function rowsOf(
  bytes: Buffer,
  offset: number,
  { file, segment, upTo }: BaseEntry,
): BaseChunk & { readonly ptrs: Ptr[] } {
  const seqs: number[] = []
  const records: Uint8Array[] = []
  const ptrs: Ptr[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at)
    const tail = readTail(bytes, at, end)
    if (typeof tail === 'string') throw new DamagedLine(file, offset + at, tail)
    if (!isControl(bytes, at)) {
      if (tail.seq > upTo)
        throw new DamagedLine(file, offset + at, `seq ${tail.seq} in a base of the state after ${upTo}`)
      seqs.push(tail.seq)
      ptrs.push(makePtr(segment, offset + at))
      records.push(unsealInPlace(bytes, at, tail))
    }
    at = end + 1
  }
  return { seqs, records, ptrs }
}
