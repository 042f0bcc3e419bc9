import type { Seq } from '@stateward/contract'
import type { SeqRange } from '../format/lost-seqs.ts'
import type { Entry } from '../format/manifest.ts'
import type { SegmentFound } from './assess-segment.ts'

/** How far damage goes: which commits it takes, as far as can be told, and how many lines behind it hold. */
export interface DamageExtent {
  readonly lost: readonly SeqRange[]
  readonly linesBehind: number
}

const none: DamageExtent = { lost: [], linesBehind: 0 }

/** The extent of the damage in one file. A base has no commits of its own, a plain file no numbers in its lines. */
export function extentOf(entry: Entry, { damage, scan }: SegmentFound): DamageExtent {
  if (damage.lines === 0 || entry.kind === 'base') return none
  const known: Seq = entry.kind === 'active' ? (scan?.provenBehind ?? 0) : entry.lastSeq
  if (scan === undefined || entry.kind === 'plain') return { lost: rangeOf(entry.firstSeq, known), linesBehind: 0 }
  // Without its header a segment has lost nothing yet: the first commit that holds says from where on.
  const missing = scan.missing.map(({ from, to }) => ({ from: Math.max(from, entry.firstSeq), to }))
  const last = Math.max(entry.firstSeq - 1, scan.lastHeld)
  const isAtEnd = scan.linesBehind === 0 && scan.firstBad !== undefined
  // The last line may be the last commit, and stand there alone because lines are gone before it.
  const end = rangeOf(last + 1, Math.max(scan.lastAhead === known ? known - 1 : known, isAtEnd ? last + 1 : 0))
  return { lost: [...missing.filter(({ from, to }) => from <= to), ...end], linesBehind: scan.linesBehind }
}

function rangeOf(from: Seq, to: Seq): SeqRange[] {
  return from <= to ? [{ from, to }] : []
}

/** Ranges of seqs in words, the first of them. */
export function rangesText(ranges: readonly SeqRange[]): string {
  const some = ranges.slice(0, 5).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
  const others = ranges.length - some.length
  return `${some.join(', ')}${others > 0 ? ` and ${others} more ranges` : ''}`
}
