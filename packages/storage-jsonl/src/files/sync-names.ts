import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { allSettled } from '../files/all-settled.ts'
import { fileNames } from '../format/segment-name.ts'

/** A name that a dead process has made or changed may still be lost: only synced names are believed. */
export async function syncNames(disk: Disk, dir: string): Promise<void> {
  const within = async (name: string): Promise<void> => {
    const standing = await disk.stat(join(dir, name))
    if (standing?.kind === 'directory') await disk.syncDirectory(join(dir, name))
  }
  await allSettled([disk.syncDirectory(dir), within(fileNames.archive), within(fileNames.quarantine)])
}
