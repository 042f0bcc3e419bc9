import { errorCodes } from '@stateward/contract'

/** Whether this is a code that the store, or the command (`USAGE`), fails with on purpose. */
export function isErrorCode(code: unknown): code is string {
  return code === 'USAGE' || (typeof code === 'string' && Object.hasOwn(errorCodes, code))
}
