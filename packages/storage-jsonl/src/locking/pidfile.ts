import { join } from 'node:path'
import type { DiskFile } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { diskCode } from '../environment/failure.ts'
import { writeAll } from '../files/write-whole.ts'
import { fileNames } from '../format/segment-name.ts'
import { type HeldLock, type LockOptions, locked } from './lock.ts'
import { isDead, type LockNote, noteBytes, parseNote, readNote } from './lock-note.ts'

/**
 * Takes the store's lock where no flock is to be had: LOCK is made by whoever finds none, and names its process. A LOCK
 * is taken away only from a process of this machine that provably is gone, never for its age. Between two that do so at
 * once there is a moment that only fencing covers: the writer whose LOCK was taken away finds that out and stops.
 */
export async function takePidfile(environment: Environment, options: LockOptions): Promise<HeldLock> {
  const { disk, machine, random } = environment
  const path = join(options.dir, fileNames.lock)
  const nonce = Buffer.from(random.bytes(16)).toString('hex')
  const start = machine.startOf(machine.pid)
  const note: LockNote = {
    pid: machine.pid,
    host: machine.host,
    owner: options.owner,
    since: timestampOf(environment.clock),
    nonce,
    method: 'pidfile',
    ...(start === undefined ? {} : { start }),
  }
  for (;;) {
    const file = await disk.open(path, 'create').catch((error: unknown) => {
      if (diskCode(error) !== 'EEXIST') throw error
      return undefined
    })
    if (file !== undefined) return hold(environment, { path, file, note })
    await clearDead(environment, { path, nonce, dir: options.dir })
  }
}

async function hold(
  { disk }: Environment,
  { path, file, note }: { path: string; file: DiskFile; note: LockNote },
): Promise<HeldLock> {
  try {
    await writeAll(file, noteBytes(note), 0)
    const { inode } = await file.stat()
    const isOurs = async (): Promise<boolean> => (await disk.stat(path))?.inode === inode
    return {
      method: 'pidfile',
      isOurs,
      async release() {
        try {
          if (await isOurs()) await disk.remove(path)
        } finally {
          await file.close()
        }
      },
    }
  } catch (error) {
    // Without its note nobody could tell whose it is, and it would keep everybody out.
    await disk.remove(path).catch(() => {})
    await file.close().catch(() => {})
    throw error
  }
}

/** Moves a dead process's LOCK out of the way. Throws `LOCKED` for one that may live. */
async function clearDead(
  environment: Environment,
  { path, nonce, dir }: { path: string; nonce: string; dir: string },
): Promise<void> {
  const { disk } = environment
  const found = await noteAt(environment, path)
  if (found === undefined) return
  if (found.note === undefined) throw locked(dir, undefined, ' If there is no such process, remove the file LOCK.')
  if (!isDead(environment, found.note)) throw locked(dir, found.note)
  const aside = `${path}.${nonce}`
  await disk.rename(path, aside).catch((error: unknown) => {
    if (diskCode(error) !== 'ENOENT') throw error
  })
  const moved = await disk.stat(aside)
  if (moved === undefined) return
  // Another one was quicker, and it is its new LOCK that was moved: it goes back.
  if (moved.inode !== found.inode) await disk.rename(aside, path)
  else await disk.remove(aside)
}

async function noteAt(
  { disk }: Environment,
  path: string,
): Promise<{ note: LockNote | undefined; inode: string } | undefined> {
  try {
    const file = await disk.open(path, 'read')
    try {
      return { note: parseNote(await readNote(file)), inode: (await file.stat()).inode }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (diskCode(error) !== 'ENOENT') throw error
    return undefined
  }
}
