import { StatewardError } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import type { LockMethod } from '../environment/options.ts'
import { type HeldLock, type LockOptions, takeFlock } from './lock.ts'
import { takePidfile } from './pidfile.ts'

/** Takes the store's lock by the method asked for; without one by flock, and by pid file where flock does not exclude. */
export async function takeLock(
  environment: Environment,
  { method, ...options }: LockOptions & { readonly method: LockMethod | undefined },
): Promise<HeldLock> {
  if (method === 'pidfile') return takePidfile(environment, options)
  const lock = await takeFlock(environment, options)
  if (lock !== undefined) return lock
  if (method === undefined) return takePidfile(environment, options)
  throw new StatewardError(
    'UNSUPPORTED',
    `flock does not keep a second process out of ${options.dir}: the command is missing, or the file system pretends. Use the lock "pidfile".`,
  )
}
