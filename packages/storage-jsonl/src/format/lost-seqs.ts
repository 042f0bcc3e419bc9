import type { Seq } from '@stateward/contract'
import { firstIndex } from './first-index.ts'

export interface SeqRange {
  readonly from: Seq
  readonly to: Seq
}

/** Commits that do not read, in ranges that ascend and do not touch. */
export class LostSeqs {
  readonly ranges: SeqRange[] = []

  /** Adds commits behind, or next to, those that are lost already. */
  add(from: Seq, to: Seq): void {
    const last = this.ranges.at(-1)
    if (last !== undefined && from <= last.to + 1)
      this.ranges[this.ranges.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else this.ranges.push({ from, to })
  }

  /** O(log ranges). */
  has(seq: Seq): boolean {
    const found = this.ranges[firstIndex(this.ranges, ({ to }) => to < seq)]
    return found !== undefined && found.from <= seq
  }
}
