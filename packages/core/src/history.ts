import { type Commit, type LogReader, limits, type Seq, type StoredRecord, type Version } from '@stateward/contract'
import { decodeCommit } from './codec.ts'
import { fold } from './fold.ts'

export interface HistoryOf {
  readonly type: string
  readonly id: string
  /** Versions from this commit on. */
  readonly from: Seq
}

/**
 * Every version of one record, oldest first, by a scan of the log: O(log). A version whose predecessors the log no longer
 * has is given from the first one that stands whole.
 */
export async function* versionsOf(reader: LogReader, { type, id, from }: HistoryOf): AsyncGenerator<Version> {
  const { firstSeq } = await reader.stats()
  let record: StoredRecord | undefined
  let rev = 0
  for await (const commit of commitsFrom(reader, firstSeq)) {
    for (const change of commit.changes) {
      if (change.type !== type || change.id !== id) continue
      const before = record
      record = change.op === 'patch' && before === undefined ? undefined : fold(before, change, rev)
      rev = change.rev === 0 ? rev + 1 : change.rev
      if (commit.seq < from) continue
      const { seq, timestamp, actor } = commit
      yield {
        seq,
        timestamp,
        change: { ...change, rev },
        ...(record === undefined ? {} : { record }),
        ...(actor === undefined ? {} : { actor }),
      }
    }
  }
}

/** One page of `versionsOf`, of at most `limits.historyPage` versions, and where the next begins. */
export async function historyPage(
  reader: LogReader,
  of: HistoryOf,
): Promise<{ versions: readonly Version[]; next?: Seq }> {
  const versions: Version[] = []
  for await (const version of versionsOf(reader, of)) {
    if (versions.length === limits.historyPage) return { versions, next: version.seq }
    versions.push(version)
  }
  return { versions }
}

async function* commitsFrom(reader: LogReader, from: Seq): AsyncGenerator<Commit> {
  for await (const batch of reader.read(from)) {
    for (const [at, record] of batch.records.entries()) yield decodeCommit(record, batch.firstSeq + at)
  }
}
