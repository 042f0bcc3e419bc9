import { join } from 'node:path'
import type { DiskFile } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { diskCode } from '../environment/failure.ts'
import { writeAll } from '../files/write-whole.ts'
import { fileNames } from '../format/segment-name.ts'
import { isDead, type LockNote, noteBytes, parseNote, readNote } from './lock-note.ts'

export interface HeldLock {
  readonly method: 'flock' | 'pidfile'
  /** Whether the name LOCK still leads to the file that is locked. */
  isOurs(): Promise<boolean>
  /** Gives the lock back and leaves no LOCK behind; or, with `restore`, the LOCK that was there before. */
  release(options?: { readonly restore: boolean }): Promise<void>
}

export interface LockOptions {
  readonly dir: string
  readonly owner: string
}

/**
 * Takes the store's lock by flock. `undefined` where this disk cannot lock; throws `LOCKED` when another holds it,
 * `details` naming it by `pid` and `host`. The lock ends with this process, however it ends; age plays no part.
 */
export async function takeFlock(environment: Environment, options: LockOptions): Promise<HeldLock | undefined> {
  const { disk } = environment
  const path = join(options.dir, fileNames.lock)
  for (;;) {
    const { file, created } = await openLock(environment, path)
    try {
      const outcome = await file.lock()
      if (outcome === 'held') throw locked(options.dir, parseNote(await readNote(file)))
      const standing = await disk.stat(path)
      const { inode } = await file.stat()
      const isTaken = outcome === 'taken' || outcome === 'kept'
      if (isTaken && standing?.inode !== inode) {
        // The holder before us removed this LOCK between our open and our lock: the next one is another file.
        await file.close()
        continue
      }
      if (outcome === 'kept' || (isTaken && (await excludes(environment, path)))) {
        return await holding(environment, { ...options, path, file, inode, created })
      }
      if (created) await disk.remove(path)
      await file.close()
      return undefined
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
  }
}

/** `LOCKED`, naming the holder as far as its LOCK does. */
export function locked(dir: string, holder: LockNote | undefined, hint = ''): StatewardError {
  const who =
    holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host} (since ${holder.since})`
  return new StatewardError(
    'LOCKED',
    `${dir} is open for writing in ${who}. Close it there first; to look only, open it for reading.${hint}`,
    { details: holder === undefined ? {} : { pid: holder.pid, host: holder.host } },
  )
}

/** Some network file systems say yes to everyone: a second open file must be refused. */
async function excludes({ disk }: Environment, path: string): Promise<boolean> {
  const second = await disk.open(path, 'change')
  try {
    return (await second.lock()) === 'held'
  } finally {
    await second.close()
  }
}

async function openLock({ disk }: Environment, path: string): Promise<{ file: DiskFile; created: boolean }> {
  for (;;) {
    try {
      return { file: await disk.open(path, 'create'), created: true }
    } catch (error) {
      if (diskCode(error) !== 'EEXIST') throw error
    }
    try {
      return { file: await disk.open(path, 'change'), created: false }
    } catch (error) {
      // Removed by its holder in between.
      if (diskCode(error) !== 'ENOENT') throw error
    }
  }
}

async function holding(
  environment: Environment,
  {
    dir,
    path,
    file,
    inode,
    created,
    owner,
  }: LockOptions & { path: string; file: DiskFile; inode: string; created: boolean },
): Promise<HeldLock> {
  const { disk, machine, random } = environment
  const before = await readNote(file)
  const nonce = Buffer.from(random.bytes(16)).toString('hex')
  const standing = parseNote(before)
  // A process without flock may hold the store by the file's being there.
  if (standing?.method === 'pidfile' && !isDead(environment, standing)) throw locked(dir, standing)
  const since = timestampOf(environment.clock)
  const note: LockNote = { pid: machine.pid, host: machine.host, owner, since, nonce, method: 'flock' }
  try {
    if (before.length > 0) await file.truncate(0)
    await writeAll(file, noteBytes(note), 0)
  } catch (error) {
    // A LOCK without a note keeps out who holds a store by the file's being there.
    if (created) await disk.remove(path).catch(() => {})
    throw error
  }
  return {
    method: 'flock',
    isOurs: async () => (await disk.stat(path))?.inode === inode,
    async release({ restore } = { restore: false }) {
      try {
        if ((await disk.stat(path))?.inode !== inode) return
        // The lock itself goes with the descriptor: a LOCK that cannot be removed keeps nobody out.
        if (created || !restore) await disk.remove(path).catch(() => {})
        else {
          await file.truncate(0)
          await writeAll(file, before, 0)
        }
      } finally {
        await file.close()
      }
    },
  }
}
