import { type Commit, type LogReader, limits, type Ptr, type Seq, StatewardError } from '@stateward/contract'
import { madeBy, type TxidWindow } from '../deciding/txid-window.ts'
import { decodeCommit, decodeLoosely, type LooseCommit } from '../log/codec.ts'
import { holdsBytes } from '../log/holds-bytes.ts'
import type { BodyRequest } from '../records/bodies.ts'
import { recordKey } from '../records/record-key.ts'
import { ColdBodies } from '../records/suspension.ts'
import { within } from '../records/within.ts'
import type { Live } from '../state/live.ts'
import { CatchUp } from './catch-up.ts'
import { Rebuild } from './rebuild.ts'

export interface ReplayOptions {
  /** Whether the state holds what was before its `lastSeq` already. */
  readonly isBegun?: boolean
  readonly txids?: TxidWindow | undefined
  /** Lets other work have its turn; called after each portion of work. */
  readonly breathe?: () => Promise<void>
}

/**
 * Brings the state to the end of the log: all of it where nothing is there yet, else the commits behind what is there.
 * Fills `txids`, where given, also from what a base covers, as far as the log still has it.
 */
export async function replay(reader: LogReader, live: Live, options: ReplayOptions = {}): Promise<void> {
  await (options.isBegun === true ? catchUp(reader, live, options) : rebuild(reader, live, options))
}

/** The newest base, then every commit after it. Memory is that of one batch, and nine bytes for each record and indexed field. */
async function rebuild(reader: LogReader, live: Live, { txids, breathe = atOnce }: ReplayOptions): Promise<void> {
  const building = new Rebuild(live)
  const base = await reader.loadBase()
  if (base !== undefined) {
    for await (const { records, seqs, ptrs } of base.chunks) {
      assertOneEach(records, seqs, ptrs)
      for (const [at, record] of records.entries())
        building.takeBase(decodeLoosely(record, within(seqs, at)), within(ptrs, at))
      await breathe()
    }
    live.lastSeq = base.upTo
    if (txids !== undefined) await recallTxids(reader, base.upTo, txids)
  }
  for await (const { records, firstSeq, ptrs, lost } of reader.read(live.lastSeq + 1)) {
    if (lost !== undefined) live.lastSeq = Math.max(live.lastSeq, lost.to)
    assertOneEach(records, ptrs)
    for (const [at, record] of records.entries()) {
      const seq = firstSeq + at
      // Batches of a storage may begin before the commit that was asked for.
      if (seq <= live.lastSeq) continue
      const commit = decodeLoosely(record, seq)
      building.take(commit, within(ptrs, at))
      remember(commit, txids)
    }
    await breathe()
  }
  await building.finish(breathe)
}

async function atOnce(): Promise<void> {}

async function catchUp(reader: LogReader, live: Live, { txids, breathe = atOnce }: ReplayOptions): Promise<void> {
  const catching = new CatchUp(live)
  for await (const { records, firstSeq, ptrs, lost } of reader.read(live.lastSeq + 1)) {
    // What is lost is behind us too: the next commit is counted from there.
    if (lost !== undefined) live.lastSeq = Math.max(live.lastSeq, lost.to)
    assertOneEach(records, ptrs)
    // Batches of a storage may begin before the commit that was asked for.
    const known = Math.max(0, live.lastSeq + 1 - firstSeq)
    const commits = records.slice(known).map((record, at) => decodeLoosely(record, firstSeq + known + at))
    await catching.take(commits, ptrs.slice(known))
    for (const commit of commits) remember(commit, txids)
    await breathe()
  }
  live.asOf.clear()
}

function remember(commit: Commit | LooseCommit, txids: TxidWindow | undefined): void {
  if (commit.txid !== undefined) txids?.add(commit.txid, entryOf(commit))
}

/** A place too few would put every record behind it where another one stands. */
function assertOneEach(records: readonly Uint8Array[], ...lists: readonly ArrayLike<number>[]): void {
  const other = lists.find(({ length }) => length !== records.length)
  if (other !== undefined)
    throw new StatewardError(
      'STORAGE_FAILED',
      `expected a place for each of ${records.length} records that the storage gave, found ${other.length}; open the store with a storage that passes its suite`,
    )
}

const txidKey = Buffer.from('"txid":"')

/**
 * Remembers the txids of commits up to `upTo`, as many as there may be. Without this a write that is sent again behind a
 * compaction and a restart would be made again. What retention has left behind a hole counts too: it is in the log.
 */
export async function recallTxids(reader: LogReader, upTo: Seq, txids: TxidWindow): Promise<void> {
  const { firstSeq, lastSeq } = await reader.stats()
  const newest = Math.max(1, lastSeq - limits.txidWindow + 1)
  const from = reader.readKept === undefined ? Math.max(firstSeq, newest) : newest
  if (from > upTo) return
  for await (const batch of reader.readKept?.(from) ?? reader.read(from)) {
    if (batch.firstSeq > upTo) return
    for (const [at, record] of batch.records.entries()) {
      const seq = batch.firstSeq + at
      if (seq > upTo) return
      // Most lines have none, and need not be parsed.
      if (seq < from || !holdsBytes(record, txidKey)) continue
      const commit = decodeCommit(record, seq)
      if (commit.txid !== undefined) txids.add(commit.txid, entryOf(commit))
    }
  }
}

function entryOf(commit: Commit | LooseCommit): Parameters<TxidWindow['add']>[1] {
  return { seq: commit.seq, made: madeBy(commit), results: undefined }
}

/** Takes a commit in; where the cache is too small to hold what it changes, after reading that. */
export async function take(commit: Commit, ptr: Ptr, live: Live): Promise<void> {
  for (;;) {
    try {
      live.replay(commit, ptr)
      return
    } catch (reason) {
      if (!(reason instanceof ColdBodies)) throw reason
      await live.warm(reason.requests)
    }
  }
}

/** Loads in one read what the commits change and the cache has lost. */
export async function warmFor(commits: readonly Commit[], live: Live): Promise<void> {
  const cold = new Map<string, BodyRequest>()
  for (const { changes } of commits) {
    for (const { type, id } of changes) {
      const liveType = live.type(type)
      const slot = liveType.rows.slotOf(id)
      if (slot !== undefined && live.hot(liveType, slot) === undefined)
        cold.set(recordKey(type, id), live.request(liveType, slot))
    }
  }
  if (cold.size > 0) await live.warm([...cold.values()])
}
