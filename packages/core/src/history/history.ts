import {
  type Commit,
  type LogReader,
  type LostCommits,
  limits,
  type Seq,
  type StoredRecord,
  type Version,
} from '@stateward/contract'
import { commitsAt } from '../log/commits-at.ts'
import { CommitsOf, joined } from '../log/commits-of.ts'
import { VersionFold } from './fold-versions.ts'
import type { HistoryIndex } from './history-index.ts'

export interface HistoryOf {
  readonly type: string
  readonly id: string
  /** Versions from this commit on. */
  readonly from: Seq
}

export interface HistoryPage {
  readonly versions: readonly Version[]
  readonly next?: Seq
  readonly lost?: LostCommits
}

/** So many versions are read from the log in one go. */
const versionsPerRead = 64
/** A version that stands whole is no further back than this in most histories: the patches of one chain, and one. */
const versionsBack = limits.patchChain + 1

/**
 * One page of the versions of a record, of at most `limits.historyPage`, oldest first, and where the next begins. A version
 * whose predecessors the log no longer has is given from the first one that stands whole; one behind lost commits says
 * so. Costs by the versions on the page, not by the log, as long as the index knows all of it.
 */
export async function historyPage(reader: LogReader, index: HistoryIndex, of: HistoryOf): Promise<HistoryPage> {
  await index.ready()
  const seqs = index.seqsOf(of.type, of.id)
  const { start, isWhole } = await startOf(reader, index, { ...of, seqs })
  const folded = new VersionFold({ ...of, isWhole })
  const versions: Version[] = []
  const lost = new LostBefore(index)
  for await (const commit of commitsOf(reader, index, { seqs, start })) {
    if (!commit.changes.some(({ type, id }) => type === of.type && id === of.id)) continue
    for (const version of folded.take(lost.tell(commit))) {
      if (version.seq < of.from) continue
      if (versions.length >= limits.historyPage && versions.at(-1)?.seq !== version.seq)
        return { versions, next: version.seq }
      versions.push(version)
    }
  }
  const behind = lost.rest
  return behind === undefined ? { versions } : { versions, lost: behind }
}

/** From where a history has to be folded for the versions from `from` on to be right, what differs included. */
async function startOf(
  reader: LogReader,
  index: HistoryIndex,
  { type, id, from, seqs }: HistoryOf & { readonly seqs: readonly Seq[] },
): Promise<{ readonly start: Seq; readonly isWhole: boolean }> {
  const first = seqs.findIndex((seq) => seq >= from)
  const behind = first < 0 ? seqs.length : first
  for (let end = behind; end > 0; end -= versionsBack) {
    const commits = await commitsAt(reader, seqs.slice(Math.max(0, end - versionsBack), end))
    for (const { seq, changes } of commits.reverse()) {
      const change = changes.findLast((one) => one.type === type && one.id === id)
      // A plain line has no rev of its own: its versions are counted from the first.
      if (change?.rev === 0) return { start: 0, isWhole: true }
      if (change !== undefined && change.op !== 'patch') return { start: seq, isWhole: false }
    }
  }
  return { start: 0, isWhole: index.from === 1 && (await reader.stats()).firstSeq === 1 }
}

/** The commits that the index names from `start` on; those before what it knows by a scan. */
async function* commitsOf(
  reader: LogReader,
  index: HistoryIndex,
  { seqs, start }: { readonly seqs: readonly Seq[]; readonly start: Seq },
): AsyncGenerator<Commit> {
  if (start < index.from && index.from > 1) yield* scanned(reader, start, index.from)
  const wanted = seqs.filter((seq) => seq >= Math.max(start, index.from))
  for (let at = 0; at < wanted.length; at += versionsPerRead)
    yield* await commitsAt(reader, wanted.slice(at, at + versionsPerRead))
}

async function* scanned(reader: LogReader, from: Seq, below: Seq): AsyncGenerator<Commit> {
  const start = Math.max(from, await firstOf(reader))
  if (start >= below) return
  for await (const commit of commitsFrom(reader, start, new CommitsOf())) {
    if (commit.seq >= below) return
    yield commit
  }
}

/** Tells of the commits that are lost before each one that is given, once. */
class LostBefore {
  readonly #lost: LostCommits[]

  constructor({ lost }: HistoryIndex) {
    this.#lost = [...lost]
  }

  tell(commit: Commit): Commit {
    let lostBefore: LostCommits | undefined
    while ((this.#lost[0]?.from ?? Number.POSITIVE_INFINITY) < commit.seq) {
      const lost = this.#lost.shift()
      if (lost !== undefined) lostBefore = joined(lostBefore, lost)
    }
    return lostBefore === undefined ? commit : { ...commit, lostBefore }
  }

  get rest(): LostCommits | undefined {
    return this.#lost.reduce<LostCommits | undefined>((sum, lost) => joined(sum, lost), undefined)
  }
}

/** The version of a record that a commit made, by a scan of the log: O(log). `undefined` when the log has it no longer. */
export async function versionAt(
  reader: LogReader,
  { type, id, rev }: { readonly type: string; readonly id: string; readonly rev: number },
): Promise<StoredRecord | undefined> {
  const folded = new VersionFold({ type, id, isWhole: false })
  for await (const commit of commitsFrom(reader, await firstOf(reader), new CommitsOf())) {
    for (const { record } of folded.take(commit)) if (record?.rev === rev) return record
  }
  return undefined
}

/** The first commit that can be asked for. */
async function firstOf(reader: LogReader): Promise<Seq> {
  return reader.readKept === undefined ? (await reader.stats()).firstSeq : 1
}

async function* commitsFrom(reader: LogReader, from: Seq, commitsOf: CommitsOf): AsyncGenerator<Commit> {
  const batches = reader.readKept?.(from) ?? reader.read(from)
  for await (const batch of batches) yield* commitsOf.take(batch, from)
}
