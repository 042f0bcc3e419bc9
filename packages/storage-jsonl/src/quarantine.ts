import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Disk, Quarantined } from '@stateward/contract'
import { fileChunks } from './chunks.ts'
import { withFile } from './open-file.ts'
import type { Cutting } from './recovery.ts'
import { fileNames } from './segment-name.ts'
import { createTemporary, writeAll } from './write-whole.ts'

/** Copies bytes that are about to be cut into `quarantine/`. They survive a power cut when this resolves. */
export async function quarantine(
  disk: Disk,
  dir: string,
  { cutting, epoch }: { cutting: Cutting; epoch: number },
): Promise<Quarantined> {
  const { file: name, from, to } = cutting
  if (await disk.makeDirectory(join(dir, fileNames.quarantine))) await disk.syncDirectory(dir)
  const keptIn = `${fileNames.quarantine}/${name}.epoch-${epoch}.byte-${from}`
  const hash = createHash('sha256')
  const copy = await createTemporary(disk, join(dir, keptIn))
  try {
    await withFile(disk, { dir, name }, async (source) => {
      let at = 0
      for await (const chunk of fileChunks(source, { from, to })) {
        hash.update(chunk)
        await writeAll(copy, chunk, at)
        at += chunk.length
      }
    })
    await copy.datasync()
  } finally {
    await copy.close()
  }
  await disk.rename(join(dir, keptIn) + fileNames.temporary, join(dir, keptIn))
  await disk.syncDirectory(join(dir, fileNames.quarantine))
  return { file: name, byte: from, bytes: to - from, sha256: hash.digest('hex'), keptIn }
}
