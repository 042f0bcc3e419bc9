import { ActorError } from '../actor-error.ts'
import { limits } from '../limits.ts'
import type { RestartPolicy } from './crash.ts'

/** A whole policy, with the defaults of `limits.restart`. Throws `INVALID`. */
export function restartPolicy(given: Partial<RestartPolicy> = {}): RestartPolicy {
  const policy = { ...limits.restart, ...given }
  for (const [option, value] of Object.entries(policy)) {
    if (value >= 0) continue
    throw new ActorError('INVALID', `a restart policy expects ${option} to be a number from 0, found ${value}`)
  }
  if (policy.jitter > 1) {
    throw new ActorError('INVALID', `a restart policy expects jitter to be from 0 to 1, found ${policy.jitter}`)
  }
  return policy
}

/** The pause before the n-th restart of a window, n from 1: never longer than `maxBackoffMs`. */
export function pauseMs({ backoffMs, maxBackoffMs, jitter }: RestartPolicy, nth: number, random: () => number): number {
  const whole = Math.min(maxBackoffMs, backoffMs * 2 ** (nth - 1))
  return whole * (1 - jitter * random())
}
