import { StatewardError } from '@stateward/contract'

/** Also the reason of signals that end with the store: the one that the platform would make costs more than the rest of closing. */
export function closed(): StatewardError {
  return new StatewardError('CLOSED', 'expected an open store, found it closed; open it again')
}

/** The actor kernel's own refusals, in the words of the protocol; a refusal of the store is itself. */
export function fromActor(error: { readonly code: string; readonly message: string }): StatewardError {
  if (error instanceof StatewardError) return error
  switch (error.code) {
    case 'BUSY':
    case 'TIMEOUT':
    case 'ABORTED':
    case 'CLOSED':
      return new StatewardError(error.code, error.message, { cause: error })
    default:
      return new StatewardError('STORAGE_FAILED', `the state manager failed: ${error.message}`, { cause: error })
  }
}
