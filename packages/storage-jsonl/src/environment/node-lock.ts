import * as fs from 'node:fs'
import type { LockOutcome } from '@stateward/contract'
import { flock } from './node-flock.ts'

/** What became of a try to lock an open file. */
export interface LockTry {
  readonly outcome: LockOutcome
  /** What has to be done for the lock to end, where it does not end with the open file alone. */
  readonly release?: () => void
}

/** Locks the open file `fd`, which was opened at `path`, against every other open file. Waits for nobody. */
export type LockFile = (fd: number, path: string) => LockTry

/** The three calls that locking by opening needs, of `node:fs`. */
export type OpeningFs = Pick<typeof fs, 'openSync' | 'fstatSync' | 'closeSync'>

/** How this system locks: macOS by opening, which needs no command there; every other by the command `flock`. */
export function lockFileOn(platform: NodeJS.Platform): LockFile {
  return platform === 'darwin' ? lockByOpening(fs) : (fd) => ({ outcome: flock(fd) })
}

// Of <sys/fcntl.h> on macOS: Node names no such constant, and hands numbers through.
const openWithExclusiveLock = 0x20

/**
 * Locks as BSD systems do: `O_EXLOCK` opens a file and takes its flock(2) in one step (open(2) of macOS). That is a second
 * open file of the same name, so it is looked at whether it is the same file. Where the flag means nothing everybody
 * seems to get the lock; that is found out by whoever tests it with a second try.
 */
export function lockByOpening({ openSync, fstatSync, closeSync }: OpeningFs): LockFile {
  const { O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants
  return (fd, path) => {
    let locked: number
    try {
      locked = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | openWithExclusiveLock)
    } catch (error) {
      return { outcome: outcomeOf(error) }
    }
    const [asked, got] = [fstatSync(fd, { bigint: true }), fstatSync(locked, { bigint: true })]
    if (asked.dev === got.dev && asked.ino === got.ino) return { outcome: 'taken', release: () => closeSync(locked) }
    closeSync(locked)
    return { outcome: 'held' }
  }
}

function outcomeOf(error: unknown): LockOutcome {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // Without the name, whoever held it has removed it just now: for that moment, somebody was before us.
  if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'ENOENT') return 'held'
  if (code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'EINVAL') return 'unavailable'
  throw error
}
