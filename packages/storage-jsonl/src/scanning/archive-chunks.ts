import { Readable } from 'node:stream'
import { createGunzip, gunzipSync } from 'node:zlib'
import { bounds } from '../environment/bounds.ts'
import { wordsOf } from '../environment/words-of.ts'
import { fileChunks, type ReadableFile } from '../files/chunks.ts'
import type { ArchiveEntry } from '../format/manifest.ts'
import { DamagedLine } from './damage.ts'

/** The text of an archived segment. Throws a `DamagedLine` where the archive does not unpack; what the disk throws stays what it is. */
export async function* unpackedChunks(file: ReadableFile, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const text = await shortText(file, entry)
  if (text === undefined) yield* streamedText(file, entry)
  else yield text
}

/**
 * The whole text where it is short: a stream and its trips to the thread pool take ten times as long as unpacking it does.
 * `undefined` where it is long, or does not unpack: the stream says as far as which byte it does.
 */
async function shortText(file: ReadableFile, { bytes, packedBytes }: ArchiveEntry): Promise<Buffer | undefined> {
  if (bytes > bounds.sliceBytes || packedBytes > bounds.sliceBytes || bytes === 0) return undefined
  const packed: Buffer[] = []
  for await (const chunk of fileChunks(file, { from: 0, to: packedBytes })) packed.push(chunk)
  try {
    return gunzipSync(packed.length === 1 && packed[0] ? packed[0] : Buffer.concat(packed), { maxOutputLength: bytes })
  } catch {
    return undefined
  }
}

async function* streamedText(file: ReadableFile, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const packed = Readable.from(fileChunks(file, { from: 0, to: entry.packedBytes }), { objectMode: false })
  const unpacked = createGunzip()
  let unread: unknown
  packed.on('error', (error) => {
    unread = error
    unpacked.destroy(error)
  })
  packed.pipe(unpacked)
  let bytes = 0
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      bytes += chunk.length
      yield chunk
    }
  } catch (error) {
    // A disk that cannot read now tells nothing about what stands there: a salvage would give it up for good.
    if (error === unread) throw error
    const reason = `the archive does not unpack: ${wordsOf(error)}`
    throw new DamagedLine(entry.file, bytes, reason)
  } finally {
    packed.destroy()
    unpacked.destroy()
  }
}
