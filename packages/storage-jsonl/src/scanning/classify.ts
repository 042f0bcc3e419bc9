import type { Seq } from '@stateward/contract'
import type { FirstBad, SegmentScan } from './scan.ts'

/**
 * What the end of the last segment is. `whole`: as it was written. `torn`: a write that was never acknowledged was cut
 * short, and may be taken off. `corrupt`: something that may have been acknowledged does not read back.
 */
export type Verdict = 'whole' | 'torn' | 'corrupt'

/**
 * Judges the end of the last segment. `known`: the last commit that something outside the segment proves to have been
 * durable. A file system that shows stale bytes instead of zeros ends up on the safe side: corrupt.
 */
export function classifyTail(
  { firstBad, lastSeq, provenBehind }: Pick<SegmentScan, 'firstBad' | 'lastSeq' | 'provenBehind'>,
  known: Seq,
): Verdict {
  if (Math.max(provenBehind, known) > lastSeq) return 'corrupt'
  if (firstBad === undefined) return 'whole'
  return isTorn(firstBad) ? 'torn' : 'corrupt'
}

/** Whether a line that does not hold looks as a write that a crash cut short. */
export function isTorn({ hasLineFeed, hasZeroSector }: Pick<FirstBad, 'hasLineFeed' | 'hasZeroSector'>): boolean {
  return !hasLineFeed || hasZeroSector
}
