import { join } from 'node:path'
import type { Disk, DiskFile, OpenMode } from '@stateward/contract'

/** Opens a file of the store for as long as `use` runs. */
export async function withFile<T>(
  disk: Disk,
  { dir, name, mode = 'read' }: { dir: string; name: string; mode?: OpenMode },
  use: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const file = await disk.open(join(dir, name), mode)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
