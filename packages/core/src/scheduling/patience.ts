import { type AskOptions, StatewardError } from '@stateward/contract'
import type { Environment } from './environment.ts'

/** How a caller's patience ends before what it waits for has come. */
export interface Patience {
  readonly options: AskOptions
  readonly setTimer: Environment['setTimer']
  /** Makes the error for time that is up; without it: `TIMEOUT`. */
  readonly late?: () => StatewardError
  /** What is waited for, in the words of the errors. */
  readonly what: string
}

/** Settles as `promise` does, or rejects when the signal aborts (`ABORTED`) or the time is up, whatever comes first. */
export function patiently<T>(promise: Promise<T>, patience: Patience): Promise<T> {
  const { signal, timeoutMs = Number.POSITIVE_INFINITY } = patience.options
  if (signal === undefined && timeoutMs === Number.POSITIVE_INFINITY) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => end(() => reject(aborted(patience.what, signal?.reason)))
    const onLate = (): void => end(() => reject(patience.late?.() ?? timedOut(patience.what)))
    const cancelTimer =
      timeoutMs === Number.POSITIVE_INFINITY ? undefined : patience.setTimer(onLate, Math.max(0, timeoutMs))
    const end = (settle: () => void): void => {
      cancelTimer?.()
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    signal?.addEventListener('abort', onAbort)
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    )
  })
}

export function aborted(what: string, reason: unknown): StatewardError {
  return new StatewardError('ABORTED', `expected to ${what}, found the signal aborted; nothing was changed`, {
    cause: reason,
  })
}

export function timedOut(what: string): StatewardError {
  return new StatewardError('TIMEOUT', `expected to ${what} in time, found the time up; nothing was changed`)
}
