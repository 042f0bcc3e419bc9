import { StatewardError } from '@stateward/contract'

/** Says which row of several was refused. */
export function inRow<T>(at: number, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof StatewardError)) throw error
    throw new StatewardError(error.code, `row ${at}: ${error.message}`, {
      cause: error,
      details: { ...error.details, row: at },
    })
  }
}
