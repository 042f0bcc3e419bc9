import type { Commit, LogBatch, LostCommits, Seq } from '@stateward/contract'
import { decodeCommit } from './codec.ts'

/**
 * Turns the batches of a log, given in order, into commits. What is lost before a commit is told by that commit, also
 * where the storage tells it in a batch of its own: who reads on can never pass over it without being told.
 */
export class CommitsOf {
  #lost: LostCommits | undefined

  /** What is lost behind the last commit so far. */
  get lostBehind(): LostCommits | undefined {
    return this.#lost
  }

  /** The commits of a batch with seq ≥ `from`. */
  take({ firstSeq, records, lost }: LogBatch, from: Seq): Commit[] {
    if (lost !== undefined && lost.to >= from) this.#lost = joined(this.#lost, lost)
    const commits: Commit[] = []
    for (const [at, record] of records.entries()) {
      const seq = firstSeq + at
      if (seq < from) continue
      const commit = decodeCommit(record, seq)
      commits.push(this.#lost === undefined ? commit : { ...commit, lostBefore: this.#lost })
      this.#lost = undefined
    }
    return commits
  }
}

/** Two losses with no commit between them, as one. */
export function joined(before: LostCommits | undefined, { from, to, report }: LostCommits): LostCommits {
  if (before === undefined) return { from, to, report }
  const reports = before.report === report ? report : `${before.report}, ${report}`
  return { from: before.from, to, report: reports }
}
