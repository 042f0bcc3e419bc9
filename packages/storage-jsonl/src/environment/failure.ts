import { hasCode, StatewardError } from '@stateward/contract'
import { RowsFailed } from './rows-failed.ts'
import { wordsOf } from './words-of.ts'

const advice: Readonly<Record<string, string>> = {
  EACCES: 'Give this user the right to read and write the directory and its files, or choose another directory.',
  EPERM: 'Give this user the right to read and write the directory and its files, or choose another directory.',
  EROFS: 'The file system is mounted read-only: mount it for writing, or open the store for reading only.',
  ENOSPC: 'The disk is full: free some space and open the store again.',
  EDQUOT: 'The quota is used up: free some space and open the store again.',
  EMFILE: 'The process has too many open files: raise its limit (ulimit -n).',
  ENFILE: 'The machine has too many open files.',
  ELOOP: 'A link stands where a file of the store should be: the store follows none. Look who made it, and remove it.',
  EISDIR: 'Look who made it, and move it away.',
  EINVAL: 'Look who made it, and move it away.',
  ENAMETOOLONG: 'The path is too long for this file system: choose a shorter one.',
  ENOTDIR: 'A part of the path is a file: choose another directory.',
  EIO: 'The device failed: check it, and open the store again.',
}

/** The code of a failed disk operation, such as `ENOENT`; empty when it has none. */
export function diskCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/** What to do about a failed disk operation, with a space behind it; empty where nothing is known. */
export function adviceFor(error: unknown): string {
  const known = advice[diskCode(error)]
  return known === undefined ? '' : `${known} `
}

/** Whether a write failed for want of room, which is no reason to distrust what was written before. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(diskCode(error))
}

/** Whether an operation said itself why it did not take place, and left the files as they were. */
export function isHarmless(error: unknown): boolean {
  const codes = ['FULL', 'ABORTED', 'CLOSED', 'CONFLICT', 'CORRUPT', 'INVALID', 'TOO_LARGE'] as const
  return error instanceof RowsFailed || codes.some((code) => hasCode(error, code))
}

/** `FULL` for a write that failed for want of room and left nothing behind; any other failure stays what it is. */
export function fullOr(error: unknown, doing: string): unknown {
  if (!isFull(error)) return error
  const found = wordsOf(error)
  return new StatewardError('FULL', `${doing}: ${found}. Nothing was changed. Free some space and try again.`, {
    cause: error,
  })
}

/** `STORAGE_FAILED` for a failed disk operation. A `StatewardError` stays what it is. */
export function storageFailed(error: unknown, doing: string): StatewardError {
  if (error instanceof StatewardError) return error
  const code = diskCode(error)
  const found = wordsOf(error)
  return new StatewardError('STORAGE_FAILED', `${doing}: ${found}. ${advice[code] ?? 'Open the store again.'}`, {
    cause: error,
    details: code === '' ? {} : { disk: code },
  })
}
