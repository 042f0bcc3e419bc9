import { type Commit, type LogReader, limits, type Seq, type StoredRecord } from '@stateward/contract'
import { decodeCommit } from './codec.ts'
import { commitsAt } from './commits-at.ts'
import { VersionFold } from './fold-versions.ts'
import type { HistoryIndex } from './history-index.ts'
import { holdsBytes } from './holds-bytes.ts'

export interface PastRecordOf {
  readonly type: string
  readonly id: string
  /** The state after this commit. */
  readonly seq: Seq
}

/** A version that stands whole is no further back than this in most histories: the patches of one chain, and one. */
const versionsBack = limits.patchChain + 1

/**
 * A record as of a commit: what the last version up to it says, folded from the nearest one that stands whole. Costs a few
 * reads of the log, whatever its length. Where retention has let go of the versions before, the base is looked through.
 */
export async function pastRecord(
  reader: LogReader,
  index: HistoryIndex,
  of: PastRecordOf,
): Promise<StoredRecord | undefined> {
  await index.ready()
  const seqs = index.seqsOf(of.type, of.id).filter((seq) => seq <= of.seq)
  let found: Commit[] = []
  for (let end = seqs.length; end > 0; end -= versionsBack) {
    const commits = await commitsAt(reader, seqs.slice(Math.max(0, end - versionsBack), end))
    found = [...commits.filter((commit) => isOf(commit, of)), ...found]
    const whole = found.findLastIndex((commit) => isWhole(commit, of))
    if (whole >= 0) return folded(found.slice(whole), of)
  }
  const before = await inBase(reader, of)
  return folded(before === undefined ? found : [before, ...found], of)
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

/** The record's row in the base, if that is of a state before. O(base). */
async function inBase(reader: LogReader, { type, id, seq }: PastRecordOf): Promise<Commit | undefined> {
  if ((await reader.stats()).firstSeq === 1) return undefined
  const base = await reader.loadBase()
  if (base === undefined || base.upTo > seq) return undefined
  const needle = Buffer.from(JSON.stringify(id))
  for await (const { records, seqs } of base.chunks) {
    for (const [at, record] of records.entries()) {
      if (!holdsBytes(record, needle)) continue
      const row = decodeCommit(record, seqs[at] ?? 0)
      if (isOf(row, { type, id, seq })) return row
    }
  }
  return undefined
}
