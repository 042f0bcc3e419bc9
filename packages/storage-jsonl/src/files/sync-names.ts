import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { fileNames } from '../format/segment-name.ts'

/** A name that a dead process has made or changed may still be lost: only synced names are believed. */
export async function syncNames(disk: Disk, dir: string): Promise<void> {
  await disk.syncDirectory(dir)
  for (const name of [fileNames.archive, fileNames.quarantine]) {
    const standing = await disk.stat(join(dir, name))
    if (standing?.kind === 'directory') await disk.syncDirectory(join(dir, name))
  }
}
