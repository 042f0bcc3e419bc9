import type { Seq } from '@stateward/contract'

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
    let low = 0
    let high = this.ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.ranges[middle]?.to ?? 0) < seq) low = middle + 1
      else high = middle
    }
    const found = this.ranges[low]
    return found !== undefined && found.from <= seq
  }

  /** Whether any of the commits `from` … `to` is lost. */
  touches({ from, to }: SeqRange): boolean {
    return this.ranges.some((range) => range.from <= to && range.to >= from)
  }
}
