import { hasCode, type Seq, StatewardError } from '@stateward/contract'
import { adviceFor } from './failure.ts'
import { wordsOf } from './words-of.ts'

/** Another tail than the one expected, or one that will not come about since an append just before has failed. */
export function conflictError(
  expectedSeq: Seq,
  tail: { readonly lastSeq: Seq; readonly isRefusing: boolean },
): StatewardError {
  const found = tail.isRefusing ? 'one called just before it failed' : `it is at ${tail.lastSeq}`
  const message = `append expects the tail at ${expectedSeq}, ${found}: read on, then decide again.`
  return new StatewardError('CONFLICT', message, { details: { lastSeq: tail.lastSeq } })
}

/** The disk is full and the file is cut back to what it was: these records are not in it, nor is anything behind them. */
export function fullError(cause: unknown): StatewardError {
  const found = wordsOf(cause)
  return new StatewardError(
    'FULL',
    `writing to the log: ${found}. Nothing of it is in the log. Free some space and try again.`,
    { cause },
  )
}

/** Refused without a try: the disk was full a moment ago. */
export function stillFullError(first: StatewardError): StatewardError {
  return new StatewardError(
    'FULL',
    `${first.message} Until there is room writes are refused; they resume by themselves.`,
    {
      cause: first.cause,
    },
  )
}

/** A base is not begun where it would not fit. */
export function noRoomForBase(neededBytes: number, freeBytes: number): StatewardError {
  return new StatewardError(
    'FULL',
    `saving a base: expected ${neededBytes} bytes free (a fifth more than the former base, or than the live records take), found ${freeBytes}. Nothing was changed. Free some space and try again.`,
    { details: { neededBytes, freeBytes } },
  )
}

/** Nobody knows whether the commits from `firstSeq` on are on the disk. */
export function unknownError(firstSeq: Seq | undefined, cause: unknown): StatewardError {
  const why = hasCode(cause, 'FENCED') ? 'the store was taken over' : 'the disk failed'
  return new StatewardError(
    'UNKNOWN',
    `commits from seq ${firstSeq} on: ${why} while they were written (${wordsOf(cause)}), they may or may not be in the log. ` +
      `${adviceFor(cause)}Open the store again: recovery finds out.`,
    { cause, details: { firstSeq } },
  )
}

export function closedError(): StatewardError {
  return new StatewardError('CLOSED', 'this writer was closed: open the store again to write.')
}
