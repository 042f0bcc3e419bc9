import * as fs from 'node:fs'
import { promisify } from 'node:util'
import type { Disk, DiskFile, DiskStat, LockOutcome, OpenMode } from '@stateward/contract'
import { type LockFile, lockFileOn } from './node-lock.ts'

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants
// Without O_NONBLOCK a pipe that somebody has planted is opened when another one opens it too: never.
const flags: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  change: O_RDWR | O_NOFOLLOW | O_NONBLOCK,
  create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
}
const worldWritable = 0o002n
const open = promisify(fs.open)
const { lstat, mkdir, readdir, realpath, rename, rmdir, statfs, unlink } = fs.promises

const unlockedDisk: Omit<Disk, 'open' | 'openSync'> = {
  async stat(path) {
    try {
      return statOf(await lstat(path, { bigint: true }))
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  },
  async resolve(path) {
    try {
      return await realpath(path)
    } catch (error) {
      if (isAbsence(error)) return path
      throw error
    }
  },
  list: (directory) => readdir(directory),
  async makeDirectory(path) {
    try {
      await mkdir(path, { mode: 0o700 })
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    }
  },
  removeDirectory: rmdir,
  rename,
  remove: unlink,
  syncDirectory,
  async space(path) {
    const { bsize, bavail, blocks } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  },
  watch(directory, changed) {
    try {
      const watcher = fs.watch(directory, { persistent: false }, changed)
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch {
      // Out of watches, or a file system without them: whoever follows polls anyway.
      return () => {}
    }
  },
}

/** The file system of this machine. With `node-lock.ts` the one place that touches `node:fs`. */
export const nodeDisk: Disk = nodeDiskWith(lockFileOn(process.platform))

/** The file system of this machine, whose files are locked by `lockFile`. */
export function nodeDiskWith(lockFile: LockFile): Disk {
  return {
    ...unlockedDisk,
    async open(path, mode) {
      const fd = await open(path, flags[mode], 0o600)
      return mode === 'create' ? nodeFile(fd, path, lockFile) : existing(fd, path, lockFile, mode)
    },
    openSync: (path) => existing(fs.openSync(path, flags.read), path, lockFile, 'read'),
  }
}

function existing(fd: number, path: string, lockFile: LockFile, mode: OpenMode): DiskFile {
  try {
    assertFile(fs.fstatSync(fd), path)
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
  const file = nodeFile(fd, path, lockFile)
  // Nothing of it waits to be written, so that closing it is no work for another thread.
  return mode === 'read' ? { ...file, close: async () => fs.closeSync(fd) } : file
}

/**
 * Callbacks of `node:fs` on a bare descriptor cost about a third less than a `FileHandle` from call to answer. What the system
 * knows of an open file is in memory: a thread takes longer to be woken than `stat` takes.
 */
function nodeFile(fd: number, path: string, lockFile: LockFile): DiskFile {
  let release: (() => void) | undefined
  return {
    async read(into, position) {
      let done = 0
      while (done < into.length) {
        const count = await readSome(fd, into, done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    },
    readSync(into, position) {
      let done = 0
      while (done < into.length) {
        const count = fs.readSync(fd, into, done, into.length - done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    },
    write: (from, position) =>
      new Promise((resolve, reject) => {
        fs.write(fd, from, 0, from.length, position, (error, count) =>
          error === null ? resolve(count) : reject(error),
        )
      }),
    writeSync: (from, position) => fs.writeSync(fd, from, 0, from.length, position),
    datasync: () =>
      new Promise((resolve, reject) => {
        fs.fdatasync(fd, (error) => (error ? reject(error) : resolve()))
      }),
    truncate: (bytes) =>
      new Promise((resolve, reject) => {
        fs.ftruncate(fd, bytes, (error) => (error ? reject(error) : resolve()))
      }),
    stat: async () => statOf(fs.fstatSync(fd, { bigint: true })),
    lock: async (): Promise<LockOutcome> => {
      const taken = lockFile(fd, path)
      release = taken.release
      return taken.outcome
    },
    close: () =>
      new Promise((resolve, reject) => {
        release?.()
        release = undefined
        fs.close(fd, (error) => (error ? reject(error) : resolve()))
      }),
  }
}

function readSome(fd: number, into: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, into, offset, into.length - offset, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    )
  })
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories: there, whether a rename survives is for its file system to say.
  if (process.platform === 'win32') return
  const fd = await open(path, O_RDONLY)
  try {
    await promisify(fs.fsync)(fd)
  } finally {
    await promisify(fs.close)(fd)
  }
}

/** A pipe or a device has neither an end nor positions; a directory is found out by its first read at the latest. */
function assertFile(stat: fs.Stats, path: string): void {
  if (stat.isFile()) return
  const code = stat.isDirectory() ? 'EISDIR' : 'EINVAL'
  throw Object.assign(new Error(`${code}: expected a file at ${path}, found something else`), { code })
}

function statOf(stat: fs.BigIntStats): DiskStat {
  // Windows makes these bits up.
  const isOpenToAll = process.platform !== 'win32' && (stat.mode & worldWritable) !== 0n
  return { kind: kindOf(stat), bytes: Number(stat.size), inode: `${stat.dev}:${stat.ino}`, isOpenToAll }
}

function kindOf(stat: fs.BigIntStats): DiskStat['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'directory'
  return stat.isSymbolicLink() ? 'link' : 'other'
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
