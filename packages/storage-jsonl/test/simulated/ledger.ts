import type { Durability, Seq } from '@stateward/contract'

/** What a recovery is held against: what a workload had asked for and what it had been told, at one moment. */
export interface Truth {
  /** The record that was given for each seq, from seq 1 at index 0. */
  readonly given: readonly Buffer[]
  /** Up to here acknowledged at any level: a killed process must not lose it. */
  readonly acknowledged: Seq
  /** Up to here acknowledged at the level `commit`: a power cut must not lose it. */
  readonly durable: Seq
  /** Commits behind this one were refused for good, or never given: none of them may ever appear. */
  readonly most: Seq
}

/** Keeps the truth while a workload runs. */
export class Ledger implements Truth {
  readonly given: Buffer[] = []
  acknowledged: Seq = 0
  durable: Seq = 0
  refusedBehind: Seq = Number.POSITIVE_INFINITY
  /** Up to here there is a base, and no base may be of less. */
  based: Seq = 0

  get most(): Seq {
    return Math.min(this.given.length, this.refusedBehind)
  }

  answered(seq: Seq, level: Durability): void {
    this.acknowledged = Math.max(this.acknowledged, seq)
    if (level === 'commit') this.durable = Math.max(this.durable, seq)
  }

  refused(behind: Seq): void {
    this.refusedBehind = Math.min(this.refusedBehind, behind)
  }

  /** The truth of this moment. The records are shared: they are only ever added to. */
  now(): Truth {
    const { given, acknowledged, durable, most } = this
    return { given, acknowledged, durable, most }
  }
}
