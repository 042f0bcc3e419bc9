import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Disk, DiskFile } from '@stateward/contract'
import { unpackedChunks } from './archive-chunks.ts'
import { bounds } from './bounds.ts'
import { type Checkpoint, checked } from './checkpoint.ts'
import { fileChunks } from './chunks.ts'
import { checksum, hex8 } from './crc.ts'
import { corrupt, DamageList } from './damage.ts'
import { fullOr } from './failure.ts'
import type { ArchiveEntry, LogEntry } from './manifest.ts'
import { withFile } from './open-file.ts'
import { archiveName, fileNames } from './segment-name.ts'
import { createTemporary, writeAll } from './write-whole.ts'

/**
 * Writes a complete segment, compressed, into the archive; unpacks it again and compares; gives it its name for good.
 * The segment itself stays where it is. Throws `CORRUPT` when either does not read as the manifest lists it.
 */
export async function archiveSegment(
  disk: Disk,
  { dir, entry, checkpoint }: { dir: string; entry: LogEntry; checkpoint: Checkpoint },
): Promise<ArchiveEntry> {
  if (await disk.makeDirectory(join(dir, fileNames.archive))) await disk.syncDirectory(dir)
  const name = archiveName(entry.segment)
  const path = join(dir, name)
  const packed = await createTemporary(disk, path)
  try {
    const { segment, epoch, firstSeq, lastSeq, bytes, crc } = entry
    const packedBytes = await withFile(disk, { dir, name: entry.file }, (source) =>
      pack(
        checked(fileChunks(source, { from: 0, to: entry.bytes, chunkBytes: bounds.sliceBytes }), checkpoint),
        packed,
      ),
    )
    await packed.datasync()
    const archived: ArchiveEntry = {
      kind: 'archive',
      file: name,
      segment,
      epoch,
      firstSeq,
      lastSeq,
      bytes,
      crc,
      packedBytes,
    }
    await assertUnpacks(packed, archived, checkpoint)
    await disk.rename(path + fileNames.temporary, path)
    await disk.syncDirectory(join(dir, fileNames.archive))
    return archived
  } catch (error) {
    await disk.remove(path + fileNames.temporary).catch(() => {})
    throw fullOr(error, 'archiving a segment')
  } finally {
    await packed.close()
  }
}

async function pack(source: AsyncIterable<Buffer>, target: DiskFile): Promise<number> {
  const text = Readable.from(source, { objectMode: false })
  const gzip = createGzip()
  text.on('error', (error) => gzip.destroy(error))
  text.pipe(gzip)
  let at = 0
  for await (const chunk of gzip as AsyncIterable<Buffer>) {
    await writeAll(target, chunk, at)
    at += chunk.length
  }
  return at
}

async function assertUnpacks(packed: DiskFile, entry: ArchiveEntry, checkpoint: Checkpoint): Promise<void> {
  let bytes = 0
  let crc = 0
  for await (const chunk of checked(unpackedChunks(packed, entry), checkpoint)) {
    bytes += chunk.length
    crc = checksum(chunk, crc)
  }
  if (bytes === entry.bytes && hex8(crc) === entry.crc) return
  const damage = new DamageList()
  const reason = `the archived text has ${bytes} bytes and checksum ${hex8(crc)}; the segment had ${entry.bytes} and ${entry.crc}`
  damage.add({ file: entry.file, line: 1, byte: 0, reason })
  throw corrupt(damage, 'Nothing was removed. Check the disk, and run a verification.')
}
