import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenContext, Store } from '../contender.ts'
import { rawLines } from './raw-lines.ts'

/** `write` and `fdatasync` of a group on the thread pool, so that the event loop goes on: the next group waits for both. */
export async function openRawAsync(dir: string, { seed }: OpenContext): Promise<Store> {
  const file = await open(join(dir, 'raw.log'), 'a')
  let lines: Buffer = Buffer.alloc(0)
  let size = 0
  return {
    groups: {
      async write(commits) {
        if (commits !== size) {
          lines = rawLines(commits, seed)
          size = commits
        }
        await file.write(lines)
        await file.datasync()
      },
    },
    watch: () => () => `${Math.round(lines.length / size)} bytes a commit`,
    close: () => file.close(),
  }
}
