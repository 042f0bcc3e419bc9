import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { diskCode } from '../environment/failure.ts'
import { isRemovableName } from '../format/segment-name.ts'

/** Removes files of the store's directory; one that is not there is removed already. */
export async function removeFiles(disk: Disk, dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await disk.remove(join(dir, name)).catch((error: unknown) => {
      if (diskCode(error) !== 'ENOENT') throw error
    })
  }
}

/**
 * Removes files that the manifest lists as obsolete, for good. One that cannot be removed now (on Windows, while
 * somebody has it open) stays listed and is tried again at the next opening.
 */
export async function removeObsolete(disk: Disk, dir: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await unlinkObsolete(disk, dir, names)
  await disk.syncDirectory(dir)
}

/** As `removeObsolete`, but a power cut may bring them back: only for files that stay listed. */
export async function unlinkObsolete(disk: Disk, dir: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter(isRemovableName)) {
    await removeFiles(disk, dir, [name]).catch((error: unknown) => {
      if (!['EBUSY', 'EPERM', 'EACCES'].includes(diskCode(error))) throw error
    })
  }
}
