import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Disk, Quarantined } from '@stateward/contract'
import { fileChunks } from '../files/chunks.ts'
import { withFile } from '../files/open-file.ts'
import { createTemporary, writeAll } from '../files/write-whole.ts'
import { fileNames } from '../format/segment-name.ts'
import type { Cutting } from './recovery.ts'

/** Copies bytes that are about to be cut into `quarantine/`. They survive a power cut when this resolves. */
export async function quarantine(
  disk: Disk,
  dir: string,
  { cutting, epoch }: { cutting: Cutting; epoch: number },
): Promise<Quarantined> {
  const { file, from } = cutting
  return keepAside(disk, dir, { ...cutting, keptIn: `${fileNames.quarantine}/${file}.epoch-${epoch}.byte-${from}` })
}

/** Copies a part of a file to `keptIn`, a name in `quarantine/`, in place of what may be there. Survives a power cut when this resolves. */
export async function keepAside(
  disk: Disk,
  dir: string,
  { file: name, from, to, keptIn }: Cutting & { readonly keptIn: string },
): Promise<Quarantined> {
  await makeQuarantine(disk, dir)
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

/** Makes the directory of what was taken out of the log; where it is new, it survives a power cut. */
export async function makeQuarantine(disk: Disk, dir: string): Promise<void> {
  if (await disk.makeDirectory(join(dir, fileNames.quarantine))) await disk.syncDirectory(dir)
}
