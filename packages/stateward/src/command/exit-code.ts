import type { ErrorCode } from '@stateward/contract'

/** What the command ends with, so that scripts can tell what to do next. */
export const exitCodes = {
  ok: 0,
  /** The store refused: a rule, a missing or an outdated record. The same call will be refused again. */
  refused: 1,
  /** The command line itself, or a file that it names, makes no sense. */
  usage: 2,
  /** Another process holds the store, or it has too much to do. The same call may succeed later. */
  busy: 3,
  /** The disk or the log: full, failed, damaged. Somebody has to look. */
  storage: 4,
  /** A defect of the command. */
  defect: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const

const byCode: Readonly<Record<ErrorCode, number>> = {
  INVALID: exitCodes.refused,
  NOT_FOUND: exitCodes.refused,
  AMBIGUOUS: exitCodes.refused,
  ALREADY_EXISTS: exitCodes.refused,
  CONFLICT: exitCodes.refused,
  INVALID_REFERENCE: exitCodes.refused,
  RESTRICTED: exitCodes.refused,
  ILLEGAL_TRANSITION: exitCodes.refused,
  TOO_LARGE: exitCodes.refused,
  UNSUPPORTED: exitCodes.refused,
  BUSY: exitCodes.busy,
  LOCKED: exitCodes.busy,
  TIMEOUT: exitCodes.busy,
  FENCED: exitCodes.storage,
  UNKNOWN: exitCodes.storage,
  STORAGE_FAILED: exitCodes.storage,
  FULL: exitCodes.storage,
  CORRUPT: exitCodes.storage,
  TRIMMED: exitCodes.storage,
  SLOW_CONSUMER: exitCodes.storage,
  CLOSED: exitCodes.defect,
  ABORTED: exitCodes.interrupted,
}

/** The exit code for an error with this code; `USAGE` is the command's own. */
export function exitCodeOf(code: string): number {
  if (code === 'USAGE') return exitCodes.usage
  return Object.hasOwn(byCode, code) ? byCode[code as ErrorCode] : exitCodes.defect
}
