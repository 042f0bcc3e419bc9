import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const blockBytes = 512

/** What the files below a directory take on the disk, but for those with one of these names; `look` is how each is looked at. */
export async function directoryBytes(
  dir: string,
  apart: readonly string[] = [],
  look: (path: string) => Promise<Pick<Stats, 'size' | 'blocks'>> = stat,
): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || apart.includes(entry.name)) continue
    const found = await look(join(entry.parentPath, entry.name)).catch(unlessGone)
    // A file may have holes, or room behind its end: what it takes is what it holds, and no more than was given to it.
    if (found !== undefined) bytes += Math.min(found.size, found.blocks * blockBytes)
  }
  return bytes
}

/** An engine may remove files while they are counted: SQLite does with those beside its log. */
function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
