import {
  type Change,
  type Commit,
  type LogReader,
  type LostCommits,
  limits,
  type Seq,
  type StoredRecord,
  type Version,
} from '@stateward/contract'
import { CommitsOf, joined } from './commits-of.ts'
import { fold } from './fold.ts'

export interface HistoryOf {
  readonly type: string
  readonly id: string
  /** Versions from this commit on. */
  readonly from: Seq
}

/**
 * Every version of one record, oldest first, by a scan of the log: O(log). A version whose predecessors the log no longer
 * has is given from the first one that stands whole; one behind lost commits says so. Returns what is lost behind the last.
 */
async function* versionsOf(
  reader: LogReader,
  { type, id, from }: HistoryOf,
): AsyncGenerator<Version, LostCommits | undefined> {
  const firstSeq = reader.readKept === undefined ? (await reader.stats()).firstSeq : 1
  let record: StoredRecord | undefined
  let rev = 0
  let lost: LostCommits | undefined
  const commitsOf = new CommitsOf()
  for await (const commit of commitsFrom(reader, firstSeq, commitsOf)) {
    // Where commits are lost, nobody knows whether this record was changed in them; where none was, no rev is missing.
    if (commit.lostBefore !== undefined) lost = joined(lost, commit.lostBefore)
    for (const change of commit.changes) {
      if (change.type !== type || change.id !== id) continue
      const before = record
      record = change.op === 'patch' && !follows(change, before) ? undefined : fold(before, change, rev)
      rev = change.rev === 0 ? rev + 1 : change.rev
      const lostBefore = lost
      lost = undefined
      if (commit.seq < from) continue
      const { seq, timestamp, actor } = commit
      yield {
        seq,
        timestamp,
        change: { ...change, rev },
        ...(record === undefined ? {} : { record }),
        ...(actor === undefined ? {} : { actor }),
        ...(lostBefore === undefined ? {} : { lostBefore }),
      }
    }
  }
  const { lostBehind } = commitsOf
  return lostBehind === undefined ? lost : joined(lost, lostBehind)
}

/** Whether the version that a change rests on is `before`. */
function follows({ rev }: Change, before: StoredRecord | undefined): boolean {
  return before !== undefined && (rev === 0 || rev === before.rev + 1)
}

/** One page of `versionsOf`, of at most `limits.historyPage` versions, and where the next begins. */
export async function historyPage(
  reader: LogReader,
  of: HistoryOf,
): Promise<{ versions: readonly Version[]; next?: Seq; lost?: LostCommits }> {
  const versions: Version[] = []
  const found = versionsOf(reader, of)
  try {
    for (;;) {
      const step = await found.next()
      if (step.done) return step.value === undefined ? { versions } : { versions, lost: step.value }
      if (versions.length === limits.historyPage) return { versions, next: step.value.seq }
      versions.push(step.value)
    }
  } finally {
    await found.return(undefined)
  }
}

/** The version of a record that a commit made, by a scan of the log: O(log). `undefined` when the log has it no longer. */
export async function versionAt(
  reader: LogReader,
  { type, id, rev }: { readonly type: string; readonly id: string; readonly rev: number },
): Promise<StoredRecord | undefined> {
  for await (const { record } of versionsOf(reader, { type, id, from: 1 })) if (record?.rev === rev) return record
  return undefined
}

async function* commitsFrom(reader: LogReader, from: Seq, commitsOf: CommitsOf): AsyncGenerator<Commit> {
  const batches = reader.readKept?.(from) ?? reader.read(from)
  for await (const batch of batches) yield* commitsOf.take(batch, from)
}
