import { hasCode } from '@stateward/contract'

/** Nothing of the write is there: it found no room, came too late, or rested on one that has failed. */
export function isRefusal(reason: unknown): boolean {
  return hasCode(reason, 'STORAGE_FAILED') || hasCode(reason, 'FULL') || hasCode(reason, 'BUSY')
}

/** The disk's doing, not the write's. */
export function isFailure(reason: unknown): boolean {
  return isRefusal(reason) || hasCode(reason, 'UNKNOWN')
}
