import type { Commit, LogReader, Ptr } from '@stateward/contract'
import type { BodyRequest } from './bodies.ts'
import { decodeCommit } from './codec.ts'
import type { Live } from './live.ts'
import { ColdBodies } from './suspension.ts'
import type { TxidEntry, TxidWindow } from './txid-window.ts'

/** Builds the state from the log: the newest base, then every commit after it. Memory beyond the cache is that of one batch. */
export async function replay(reader: LogReader, live: Live, txids: TxidWindow): Promise<void> {
  const base = await reader.loadBase()
  if (base !== undefined) {
    for await (const { records, seqs, ptrs } of base.chunks) {
      for (const [at, record] of records.entries()) live.replay(decodeCommit(record, seqs[at] ?? 0), ptrs[at] ?? 0)
    }
    live.lastSeq = base.upTo
  }
  for await (const { records, firstSeq, ptrs } of reader.read(live.lastSeq + 1)) {
    const commits = records.map((record, at) => decodeCommit(record, firstSeq + at))
    await warmFor(commits, live)
    for (const [at, commit] of commits.entries()) {
      // Batches of a storage may begin before the commit that was asked for.
      if (commit.seq <= live.lastSeq) continue
      const results = await taken(commit, ptrs[at] ?? 0, live)
      if (commit.txid !== undefined) txids.add(commit.txid, { seq: commit.seq, results })
    }
    live.pinned.clear()
  }
}

/** Takes a commit in; where the cache is too small to hold what it changes, after reading that. */
async function taken(commit: Commit, ptr: Ptr, live: Live): Promise<TxidEntry['results']> {
  for (;;) {
    try {
      return live.replay(commit, ptr)
    } catch (reason) {
      if (!(reason instanceof ColdBodies)) throw reason
      await live.warm(reason.requests)
    }
  }
}

/** Loads in one read what the commits change and the cache has lost. */
async function warmFor(commits: readonly Commit[], live: Live): Promise<void> {
  const cold = new Map<string, BodyRequest>()
  for (const { changes } of commits) {
    for (const { type, id } of changes) {
      const liveType = live.type(type)
      const slot = liveType.rows.slotOf(id)
      if (slot !== undefined && live.hot(liveType, slot) === undefined)
        cold.set(`${type}\0${id}`, live.request(liveType, slot))
    }
  }
  if (cold.size > 0) await live.warm([...cold.values()])
}
