import { hasCode, StatewardError } from '@stateward/contract'

/** What went wrong on the way to a store, as an error with a code. */
export function wakeError(error: unknown, name: string): StatewardError {
  if (error instanceof StatewardError) return error
  const message = error instanceof Error ? error.message : String(error)
  for (const code of ['BUSY', 'TIMEOUT', 'ABORTED', 'CLOSED'] as const)
    if (hasCode(error, code)) return new StatewardError(code, `opening the store ${name}: ${message}`, { cause: error })
  return new StatewardError('STORAGE_FAILED', `opening the store ${name} failed: ${message}`, { cause: error })
}

export function tooManyWait(most: number): StatewardError {
  return new StatewardError(
    'BUSY',
    `expected at most ${most} calls to wait for a store to open, found as many; try again`,
  )
}

export function stopping(): StatewardError {
  return new StatewardError('CLOSED', 'expected stores that are open, found them stopped; open them again')
}
