import { StatewardError } from '@stateward/contract'
import { withoutStack } from './without-stack.ts'

/** Also the reason of signals that end with the store: the one that the platform would make costs more than the rest of closing. */
export function closed(): StatewardError {
  return new StatewardError('CLOSED', 'expected an open store, found it closed; open it again')
}

/** As the actor's own refusal, before the write has been looked at: overload is no time to do work for nothing. */
export function mailboxFull(capacity: number): StatewardError {
  return withoutStack(
    () => new StatewardError('BUSY', `expected at most ${capacity} writes to wait, found as many; send it again later`),
  )
}

/** The actor kernel's own refusals, in the words of the protocol; a refusal of the store is itself. */
export function fromActor(error: { readonly code: string; readonly message: string }): StatewardError {
  if (error instanceof StatewardError) return error
  const { code, message } = error
  switch (code) {
    case 'BUSY':
    case 'TIMEOUT':
    case 'ABORTED':
    case 'CLOSED':
      return withoutStack(() => new StatewardError(code, message, { cause: error }))
    default:
      return new StatewardError('STORAGE_FAILED', `the state manager failed: ${error.message}`, { cause: error })
  }
}
