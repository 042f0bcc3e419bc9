import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { LockOutcome } from '@stateward/contract'

/**
 * Locks an open file with flock(2), through the command of that name: Node has no call for it. The lock belongs to the
 * open file description that the child inherits as descriptor 3, so it stays with this process when the child has ended,
 * and goes with this process however it ends.
 */
export function flock(fd: number): LockOutcome {
  const child = spawnSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  if (child.status === 0) return isKept(fd) ? 'kept' : 'taken'
  // 1 is how the command says that another one holds it; anything else is that it is absent or cannot.
  return child.status === 1 ? 'held' : 'unavailable'
}

const keptLock = /^lock:\s+\d+: FLOCK\s+ADVISORY\s+WRITE\s/m

/**
 * Whether Linux lists the lock among those of this open file (proc(5), `fdinfo`). What its table holds, it refuses to a second open
 * file; a file system that says yes to everyone puts nothing there.
 */
function isKept(fd: number): boolean {
  try {
    return keptLock.test(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))
  } catch {
    return false
  }
}
