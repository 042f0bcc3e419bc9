import { limits, type Seq } from '@stateward/contract'
import type { DecidedCommit } from '../deciding/decided.ts'

/** A line, and the record before and after, each of which takes about twice as much as an object. */
const objectsPerLine = 5

/** The newest commits as they were decided, while anybody follows them: both sides of each change without a look at the log. */
export class RecentCommits {
  readonly #commits = new Map<Seq, DecidedCommit>()
  #bytes = 0
  #readers = 0

  /** Of the lines and, about, of both sides of each change beside them. */
  get memoryBytes(): number {
    return this.#bytes * objectsPerLine
  }

  /** Keeps commits from now on, until the answer is called. */
  wanted(): () => void {
    this.#readers++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      if (--this.#readers === 0) this.clear()
    }
  }

  add(commits: readonly DecidedCommit[]): void {
    if (this.#readers === 0) return
    for (const commit of commits) {
      this.#commits.set(commit.seq, commit)
      this.#bytes += commit.bytes.byteLength
    }
    for (const [seq, { bytes }] of this.#commits) {
      if (this.#commits.size <= limits.recentCommits && this.#bytes <= limits.recentBytes) return
      this.#commits.delete(seq)
      this.#bytes -= bytes.byteLength
    }
  }

  get(seq: Seq): DecidedCommit | undefined {
    return this.#commits.get(seq)
  }

  /** The log was opened again: numbers may be given anew. */
  clear(): void {
    this.#commits.clear()
    this.#bytes = 0
  }
}
