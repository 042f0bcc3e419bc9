import { spawnSync } from 'node:child_process'
import type { LockOutcome } from '@stateward/contract'

/**
 * Locks an open file with flock(2), through the command of that name: Node has no call for it. The lock belongs to the
 * open file description that the child inherits as descriptor 3, so it stays with this process when the child has ended,
 * and goes with this process however it ends.
 */
export function flock(fd: number): LockOutcome {
  const child = spawnSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  if (child.status === 0) return 'taken'
  // 1 is how the command says that another one holds it; anything else is that it is absent or cannot.
  return child.status === 1 ? 'held' : 'unavailable'
}
