import type { Disk, DiskFile } from '@stateward/contract'

export interface TinyLog {
  readonly lines: readonly string[]
  /** Resolves when the line survives a power cut. */
  append(line: string): Promise<void>
}

/** The smallest log that loses nothing: one line a record, read as far as every line is whole. */
export async function openTinyLog(disk: Disk): Promise<TinyLog> {
  const file =
    (await disk.stat('/log')) === undefined ? await disk.open('/log', 'create') : await disk.open('/log', 'change')
  // The name may be one that a dead process made and nobody has synced.
  await disk.syncDirectory('/')
  const lines = await wholeLines(file)
  let end = lines.join('').length
  await file.truncate(end)
  await file.datasync()
  return {
    lines: lines.map((line) => line.slice(0, -1)),
    append: async (line) => {
      const bytes = Buffer.from(`${line}\n`)
      await file.write(bytes, end)
      await file.datasync()
      end += bytes.length
    },
  }
}

async function wholeLines(file: DiskFile): Promise<string[]> {
  const bytes = Buffer.alloc((await file.stat()).bytes)
  await file.read(bytes, 0)
  const lines = bytes.toString('latin1').match(/[^\n]*\n/g) ?? []
  const torn = lines.findIndex((line) => line.includes('\0'))
  return torn < 0 ? lines : lines.slice(0, torn)
}
