import type { Disk, DiskFile } from '@stateward/contract'
import { diskCode, fullOr } from '../environment/failure.ts'
import { fileNames } from '../format/segment-name.ts'

/** Writes all of `bytes` at `position`, however often the disk takes only a part. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const count = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done)
    if (count === 0) throw Object.assign(new Error('the disk takes no more bytes'), { code: 'ENOSPC' })
    done += count
  }
}

/** A new file under a temporary name, in place of one that a crash may have left there. */
export async function createTemporary(disk: Disk, path: string): Promise<DiskFile> {
  const temporary = path + fileNames.temporary
  const made = await disk.open(temporary, 'create').catch(unless('EEXIST'))
  if (made !== undefined) return made
  await disk.remove(temporary).catch(unless('ENOENT'))
  return disk.open(temporary, 'create')
}

function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (diskCode(error) !== code) throw error
    return undefined
  }
}

/**
 * Puts `bytes` under the name `path`: whole, or not at all; without room for them, `FULL`. Durable once the directory is synced too: the rename comes
 * after the sync of the file, or a crash could leave a whole name with an empty file.
 */
export async function writeWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await stageWhole(disk, path, bytes)
  await disk.rename(path + fileNames.temporary, path)
}

/** The first half of `writeWhole`: the bytes are durable under the temporary name of `path`. Where that fails nothing is left there. */
export async function stageWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await createTemporary(disk, path)
    try {
      await writeAll(file, bytes, 0)
      await file.datasync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await disk.remove(path + fileNames.temporary).catch(() => {})
    throw fullOr(error, `writing ${path}`)
  }
}
