import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenContext, Store } from '../contender.ts'
import { rawLines } from './raw-lines.ts'

/** `write` and `fdatasync` of a group, one after the other on the event loop's own thread: the least that the disk asks for. */
export async function openRawBlocking(dir: string, { seed }: OpenContext): Promise<Store> {
  const file = openSync(join(dir, 'raw.log'), 'a')
  let lines: Buffer = Buffer.alloc(0)
  let size = 0
  return {
    groups: {
      write(commits) {
        if (commits !== size) {
          lines = rawLines(commits, seed)
          size = commits
        }
        writeSync(file, lines)
        fdatasyncSync(file)
      },
    },
    watch: () => () => `${Math.round(lines.length / size)} bytes a commit`,
    close: () => closeSync(file),
  }
}
