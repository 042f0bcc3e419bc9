import { type Change, type Commit, type LogReader, limits, type Seq, type StoredRecord } from '@stateward/contract'
import { LRUCache } from 'lru-cache'
import { decodeCommit } from '../log/codec.ts'
import { CommitsOf } from '../log/commits-of.ts'
import { approximateBytes } from '../records/approximate-bytes.ts'
import { BodyRequest } from '../records/bodies.ts'
import { fold } from '../records/fold.ts'
import { recordKey } from '../records/record-key.ts'
import type { Live } from '../state/live.ts'
import type { HistoryIndex } from './history-index.ts'
import { indexedRecord } from './past-record.ts'

/** A record as of some commit: `undefined` when it was not there. */
export interface KnownVersion {
  readonly record: StoredRecord | undefined
  readonly rev: number
}

export interface VersionsSource {
  readonly live: Live
  readonly reader: LogReader
  /** Present where it is told of every commit. */
  readonly index?: HistoryIndex
}

const entryBytes = 128
/** Beyond so many, one pass over the log is cheaper. */
const mostLookedUp = 64

/**
 * What the changes of commits rest on, for one who reads the commits in order: what it has seen itself, bounded in bytes;
 * else what the newest version is made of; else what the index of histories leads to; else what one more pass over the log
 * finds, which is O(log).
 */
export class VersionsBefore {
  readonly #source: () => VersionsSource
  readonly #seen: LRUCache<string, KnownVersion>
  /** Of the commits that are being told: they may be more than is kept. */
  readonly #now = new Map<string, KnownVersion | undefined>()

  constructor(source: () => VersionsSource) {
    this.#source = source
    this.#seen = new LRUCache({ maxSize: limits.feedBytes, maxEntrySize: limits.feedBytes })
  }

  /** Finds out what these commits, which come behind all that was told before, rest on. */
  async prepare(commits: readonly Commit[]): Promise<void> {
    this.#now.clear()
    const wanted = new Map<string, { readonly change: Change; readonly seq: Seq }>()
    for (const { seq, changes } of commits) {
      for (const change of changes) {
        const key = recordKey(change.type, change.id)
        if (wanted.has(key) || this.#now.has(key)) continue
        const seen = isFirst(change) ? absent : this.#seen.get(key)
        if (seen === undefined) wanted.set(key, { change, seq })
        else this.#now.set(key, seen)
      }
    }
    if (wanted.size === 0) return
    await this.#fromNewest(wanted)
    const [first] = commits
    if (first !== undefined && wanted.size <= mostLookedUp) await this.#fromIndex(wanted, first.seq)
    if (wanted.size > 0 && first !== undefined) await this.#fromLog(wanted, first.seq)
  }

  /** What the next change of this record rests on; `undefined` when nobody knows. */
  get(type: string, id: string): KnownVersion | undefined {
    return this.#now.get(recordKey(type, id))
  }

  set(type: string, id: string, version: KnownVersion | undefined): void {
    const key = recordKey(type, id)
    this.#now.set(key, version)
    if (version === undefined) this.#seen.delete(key)
    else this.#seen.set(key, version, { size: entryBytes + approximateBytes(version.record) })
  }

  async #fromNewest(wanted: Map<string, { readonly change: Change }>): Promise<void> {
    const { live } = this.#source()
    if (!live.whole.isReached) await live.whole.reached()
    const requests: BodyRequest[] = []
    for (const { change } of wanted.values()) {
      const request = requestBefore(live, change)
      if (request !== undefined) requests.push(request)
    }
    const records = await live.bodies.load(requests)
    for (const [at, { type, id }] of requests.entries()) {
      const record = records[at]
      if (record === undefined) continue
      const key = recordKey(type, id)
      this.#now.set(key, { record, rev: record.rev })
      wanted.delete(key)
    }
  }

  async #fromIndex(wanted: Map<string, { readonly change: Change }>, before: Seq): Promise<void> {
    const { reader, index } = this.#source()
    if (index === undefined) return
    for (const [key, { change }] of [...wanted]) {
      const found = await indexedRecord(reader, index, { type: change.type, id: change.id, seq: before - 1 })
      const record = found.isKnown ? found.record : undefined
      // Whether one that is not found was deleted, and with which rev, is for the log to tell.
      if (record === undefined) continue
      this.#now.set(key, { record, rev: record.rev })
      wanted.delete(key)
    }
  }

  async #fromLog(wanted: Map<string, { readonly seq: Seq }>, before: Seq): Promise<void> {
    const { reader } = this.#source()
    let isWhole = true
    for await (const commit of commitsBefore(reader, before, () => {
      isWhole = false
    })) {
      if (commit.lostBefore !== undefined) isWhole = false
      for (const change of commit.changes) {
        const key = recordKey(change.type, change.id)
        if (!wanted.has(key)) continue
        this.#now.set(key, versionAfter(change, this.#now.get(key)))
      }
    }
    if (isWhole) for (const key of wanted.keys()) if (!this.#now.has(key)) this.#now.set(key, absent)
  }
}

/** Never there so far. */
const absent: KnownVersion = { record: undefined, rev: 0 }

/** Whether nothing can have been there before. */
function isFirst({ op, rev }: Change): boolean {
  return op === 'put' && rev === 1
}

/** The version after a change; `undefined` when the one before is needed for it and not known. */
export function versionAfter(change: Change, before: KnownVersion | undefined): KnownVersion | undefined {
  const rev = change.rev === 0 ? (before?.rev ?? 0) + 1 : change.rev
  if (change.op === 'patch') {
    if (before?.record === undefined || rev !== before.rev + 1) return undefined
  }
  return { record: fold(before?.record, change, rev - 1), rev }
}

/** Where the version before a change stands, if the newest version of the record rests on it still. */
function requestBefore(live: Live, { type, id, rev }: Change): BodyRequest | undefined {
  const rows = live.types.get(type)?.rows
  const slot = rows?.slotOf(id)
  const place = slot === undefined ? rows?.tombstones.get(id)?.last : rows?.place(slot)
  if (place === undefined || rev === 0) return undefined
  const patches = rev - 1 - (place.rev - place.patches.length)
  if (patches < 0 || patches > place.patches.length) return undefined
  return new BodyRequest(type, id, { ...place, patches: place.patches.slice(0, patches), rev: rev - 1 })
}

/**
 * Everything that tells of the state before a commit: the base, if there is one that old, and the commits behind it. Calls
 * `inPart` when that is not all of it.
 */
async function* commitsBefore(reader: LogReader, before: Seq, inPart: () => void): AsyncGenerator<Commit> {
  let from = 1
  const base = await reader.loadBase()
  if (base !== undefined && base.upTo < before) {
    from = base.upTo + 1
    for await (const { seqs, records } of base.chunks)
      for (const [at, row] of records.entries()) yield decodeCommit(row, seqs[at] ?? 0)
  }
  const { firstSeq } = await reader.stats()
  if (firstSeq > from) inPart()
  const commitsOf = new CommitsOf()
  const batches = reader.readKept?.(from) ?? reader.read(Math.max(from, firstSeq))
  for await (const batch of batches) {
    for (const commit of commitsOf.take(batch, from)) {
      if (commit.seq >= before) return
      yield commit
    }
  }
}
