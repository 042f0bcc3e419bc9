import type { DecidedCommit } from '../deciding/decided.ts'
import type { LiveQueries } from './live-queries.ts'
import { RecentCommits } from './recent-commits.ts'

/** Everybody who wants to hear of commits in this process; nobody costs nothing. Outlives a reopening of the log. */
export class Audience {
  readonly recent: RecentCommits = new RecentCommits()
  /** Given once the state is there to be queried. */
  queries: LiveQueries | undefined

  /** These commits are durable, and the state holds them. Must not throw. */
  applied(commits: readonly DecidedCommit[]): void {
    this.recent.add(commits)
    this.queries?.applied(commits)
  }

  /** The log was opened again: what was told of its end may not hold. */
  reopened(): void {
    this.recent.clear()
    this.queries?.reopened()
  }
}
