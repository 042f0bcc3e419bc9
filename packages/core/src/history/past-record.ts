import { type Commit, type LogReader, limits, type Seq, type StoredBase, type StoredRecord } from '@stateward/contract'
import { decodeCommit } from '../log/codec.ts'
import { commitsAt } from '../log/commits-at.ts'
import { holdsBytes } from '../log/holds-bytes.ts'
import { VersionFold } from './fold-versions.ts'
import type { HistoryIndex } from './history-index.ts'

export interface PastRecordOf {
  readonly type: string
  readonly id: string
  /** The state after this commit. */
  readonly seq: Seq
}

/** A version that stands whole is no further back than this in most histories: the patches of one chain, and one. */
const versionsBack = limits.patchChain + 1

/** The record after a commit, if there was one. */
export type RecordAt = (of: PastRecordOf) => Promise<StoredRecord | undefined>

/** What the index leads to: the record, if there was one, or nothing that can be relied on. */
export type IndexedRecord =
  | { readonly isKnown: true; readonly record: StoredRecord | undefined }
  | { readonly isKnown: false }

/**
 * A record as of a commit: what the last version up to it says, folded from the nearest one that stands whole. Costs a few
 * reads of the log, whatever its length. Where retention has let go of the versions before, the base is looked through.
 * Not known where it rests on versions that the index has let go of for want of room.
 */
export async function indexedRecord(reader: LogReader, index: HistoryIndex, of: PastRecordOf): Promise<IndexedRecord> {
  await index.ready()
  const seqs = index.seqsOf(of.type, of.id).filter((seq) => seq <= of.seq)
  let found: Commit[] = []
  for (let end = seqs.length; end > 0; end -= versionsBack) {
    const commits = await commitsAt(reader, seqs.slice(Math.max(0, end - versionsBack), end))
    found = [...commits.filter((commit) => isOf(commit, of)), ...found]
    const whole = found.findLastIndex((commit) => isWhole(commit, of))
    if (whole >= 0) return { isKnown: true, record: folded(found.slice(whole), of) }
  }
  const base = await baseBefore(reader, of)
  if (index.from > (base?.upTo ?? 0) + 1) return { isKnown: false }
  const before = base === undefined ? undefined : await rowIn(base, of)
  return { isKnown: true, record: folded(before === undefined ? found : [before, ...found], of) }
}

function folded(commits: readonly Commit[], of: PastRecordOf): StoredRecord | undefined {
  const fold = new VersionFold({ ...of, isWhole: true })
  for (const commit of commits) fold.take(commit)
  return fold.record
}

function isOf({ changes }: Commit, { type, id }: PastRecordOf): boolean {
  return changes.some((one) => one.type === type && one.id === id)
}

/** Whether what was before does not matter. A plain line has no rev of its own, and is counted from the first. */
function isWhole({ changes }: Commit, { type, id }: PastRecordOf): boolean {
  const own = changes.filter((one) => one.type === type && one.id === id)
  return own[0]?.op !== 'patch' && own.every(({ rev }) => rev > 0)
}

/** The base, if it is of a state before, and all there is of it. */
async function baseBefore(reader: LogReader, { seq }: PastRecordOf): Promise<StoredBase | undefined> {
  if ((await reader.stats()).firstSeq === 1) return undefined
  const base = await reader.loadBase()
  return base === undefined || base.upTo > seq ? undefined : base
}

/** The record's row in the base. O(base). */
async function rowIn(base: StoredBase, of: PastRecordOf): Promise<Commit | undefined> {
  const needle = Buffer.from(JSON.stringify(of.id))
  for await (const { records, seqs } of base.chunks) {
    for (const [at, record] of records.entries()) {
      if (!holdsBytes(record, needle)) continue
      const row = decodeCommit(record, seqs[at] ?? 0)
      if (isOf(row, of)) return row
    }
  }
  return undefined
}
