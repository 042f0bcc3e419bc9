import type { Commit, Endpoint, Seq } from '@stateward/contract'

/** The commits that are there now, from `from` on, by a plain scan of the log: O(log) at worst. */
export async function* commitsUpToNow(endpoint: Endpoint, from: Seq = 1): AsyncGenerator<Commit> {
  const { firstSeq, lastSeq } = await endpoint.ask('stats', {})
  const start = Math.max(from, firstSeq)
  if (start > lastSeq) return
  const over = new AbortController()
  try {
    for await (const commits of endpoint.follow(start, over.signal)) {
      for (const commit of commits) if (commit.seq <= lastSeq) yield commit
      if ((commits.at(-1)?.seq ?? 0) >= lastSeq) return
    }
  } finally {
    over.abort()
  }
}
