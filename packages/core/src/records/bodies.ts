import {
  type Change,
  type Commit,
  type LogReader,
  type Ptr,
  type Slot,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { LRUCache } from 'lru-cache'
import { decodeCommit } from '../log/codec.ts'
import { oneChangeIn } from '../log/one-change.ts'
import { approximateBytes } from './approximate-bytes.ts'
import { keyOf, typesPerStore } from './body-key.ts'
import { fold, nothing } from './fold.ts'
import { LatelyRead } from './lately-read.ts'
import type { VersionPlace } from './row-table.ts'

/** One version to read from the log. A class, so that it can never be taken for a record. */
export class BodyRequest {
  readonly type: string
  readonly id: string
  readonly place: VersionPlace
  /** The slot that the record had when this was made, where that was known: looking there first saves a search. */
  readonly slot: Slot | undefined

  constructor(type: string, id: string, place: VersionPlace, slot?: Slot) {
    this.type = type
    this.id = id
    this.place = place
    this.slot = slot
  }
}

/** Finds versions in a log that was opened again; `undefined` for one that is gone. */
export type VersionFinder = (requests: readonly BodyRequest[]) => Promise<(StoredRecord | undefined)[]>

type BodyReader = Pick<LogReader, 'fetch' | 'fetchSync'>

/** What an entry of the cache takes beside its record. */
const entryBytes = 64
/** Of a line in which more records are asked for than this all of them are decoded. */
const mostAlone = 4

/** The newest versions of records, as frozen objects, in a cache bounded in bytes; what is not there is read from the log. */
export class Bodies {
  #cache: LRUCache<number, StoredRecord>
  readonly #lately = new LatelyRead()
  readonly #reader: BodyReader
  readonly #held = new Set<Promise<void>>()
  #successor: Promise<VersionFinder | undefined> | undefined
  hits = 0
  misses = 0

  constructor(reader: BodyReader, cacheBytes: number) {
    this.#reader = reader
    this.#cache = this.#cacheOf(cacheBytes)
  }

  /** Changes the most that the cache may hold; what was asked for last stays, as far as there is room. O(entries) where it changes. */
  bound(cacheBytes: number): void {
    if (Math.max(1, cacheBytes) === this.maxBytes) return
    const former = this.#cache
    this.#lately.clear()
    this.#cache = this.#cacheOf(cacheBytes)
    former.rforEach((record, key) => this.#cache.set(key, record, { size: approximateBytes(record) + entryBytes }))
  }

  get bytes(): number {
    return this.#cache.calculatedSize
  }

  get records(): number {
    return this.#cache.size
  }

  get maxBytes(): number {
    return this.#cache.maxSize
  }

  get(typeNumber: number, slot: Slot): StoredRecord | undefined {
    if (typeNumber >= typesPerStore) {
      this.misses++
      return undefined
    }
    const key = keyOf(typeNumber, slot)
    const lately = this.#lately.get(key)
    if (lately === undefined) return this.#cached(key)
    if (this.#lately.isDue(key, this.#cache.size)) this.#cache.get(key)
    this.hits++
    return lately
  }

  #cached(key: number): StoredRecord | undefined {
    const record = this.#cache.get(key)
    if (record === undefined) {
      this.misses++
      return undefined
    }
    this.#lately.keep(key, record, this.#cache.size)
    this.hits++
    return record
  }

  /** As `get`, for work that nobody asked for: it is not counted, and keeps nothing in the cache. */
  peek(typeNumber: number, slot: Slot): StoredRecord | undefined {
    return typeNumber < typesPerStore ? this.#cache.peek(keyOf(typeNumber, slot)) : undefined
  }

  set(typeNumber: number, slot: Slot, record: StoredRecord): void {
    if (typeNumber >= typesPerStore) return
    const key = keyOf(typeNumber, slot)
    this.#lately.drop(key)
    this.#lately.tookIn()
    this.#cache.set(key, record, { size: approximateBytes(record) + entryBytes })
  }

  delete(typeNumber: number, slot: Slot): void {
    if (typeNumber < typesPerStore) this.#cache.delete(keyOf(typeNumber, slot))
  }

  /** A bound of nothing would be none. What leaves the cache, for whatever reason, is not lately read any more. */
  #cacheOf(cacheBytes: number): LRUCache<number, StoredRecord> {
    const maxSize = Math.max(1, cacheBytes)
    return new LRUCache({ maxSize, maxEntrySize: maxSize, dispose: (_record, key) => this.#lately.drop(key) })
  }

  /** Keeps the places that are known now readable until the answer is called: `released` waits for it. */
  hold(): () => void {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#held.add(held)
    return () => {
      this.#held.delete(held)
      release()
    }
  }

  /** Settles when everything held at the time of the call has been released. */
  async released(): Promise<void> {
    await Promise.all(this.#held)
  }

  /**
   * From now on what does not read here is asked of the log as it was opened again, once it is: recovery may have
   * written some lines to another place. `undefined` when that opening has failed.
   */
  succeededBy(successor: Promise<VersionFinder | undefined>): void {
    this.#successor = successor
  }

  /**
   * Reads these versions from the log, in the order asked: one `fetch` for all of them. A version whose lines have been
   * let go of is `undefined`; lines that do not hold it are `CORRUPT`.
   */
  async load(requests: readonly BodyRequest[]): Promise<(StoredRecord | undefined)[]> {
    const outcome = await this.#loadHere(requests).catch((error: unknown) => new Unread(error))
    if (!(outcome instanceof Unread) && !outcome.includes(undefined)) return outcome
    const find = await this.#successor
    if (find !== undefined) return find(requests)
    if (outcome instanceof Unread) throw outcome.reason
    return outcome
  }

  async #loadHere(requests: readonly BodyRequest[]): Promise<(StoredRecord | undefined)[]> {
    const asked = ptrsOf(requests)
    const release = this.hold()
    const fetched = await this.#reader.fetch(asked).finally(release)
    return requests.map(versionFinder(requests, asked, fetched))
  }

  /** As `load`, within the call. `UNSUPPORTED` where the storage cannot. */
  loadNow(requests: readonly BodyRequest[]): (StoredRecord | undefined)[] {
    const asked = ptrsOf(requests)
    const fetched = this.#reader.fetchSync?.(asked)
    if (fetched === undefined) throw noSync()
    return requests.map(versionFinder(requests, asked, fetched))
  }
}

/** Why a read has failed, until it is known whether another log has what was asked for. */
class Unread {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** Where these versions stand, each place once. */
function ptrsOf(requests: readonly BodyRequest[]): readonly Ptr[] {
  const ptrs = new Set<Ptr>()
  for (const { place } of requests) {
    ptrs.add(place.whole)
    for (const ptr of place.patches) ptrs.add(ptr)
  }
  return [...ptrs]
}

/**
 * Finds the version of each of these requests in the lines that stand at `asked`; `undefined` where one of its lines is gone.
 * A line that several are in is decoded once.
 */
function versionFinder(
  requests: readonly BodyRequest[],
  asked: readonly Ptr[],
  fetched: readonly (Uint8Array | undefined)[],
): (request: BodyRequest) => StoredRecord | undefined {
  const lines = new Map(asked.map((ptr, at) => [ptr, fetched[at]]))
  const times = new Map<Ptr, number>()
  for (const { place } of requests) times.set(place.whole, (times.get(place.whole) ?? 0) + 1)
  const commits = new Map<Ptr, Commit>()
  const changeAt = (ptr: Ptr, request: BodyRequest): Change | undefined => {
    const line = lines.get(ptr)
    if (line === undefined) return undefined
    const change = (times.get(ptr) ?? 1) > mostAlone ? undefined : oneChangeIn(line, request)
    if (change !== undefined) return change
    const commit = commits.get(ptr) ?? decodeCommit(line, 0)
    commits.set(ptr, commit)
    const found = commit.changes.find(({ type, id }) => type === request.type && id === request.id)
    if (found === undefined) throw misplaced(request)
    return found
  }
  return (request) => bodyFrom(request, changeAt)
}

function bodyFrom(
  request: BodyRequest,
  changeAt: (ptr: Ptr, request: BodyRequest) => Change | undefined,
): StoredRecord | undefined {
  const { place } = request
  let record: StoredRecord | undefined
  for (const ptr of [place.whole, ...place.patches]) {
    const change = changeAt(ptr, request)
    if (change === undefined) return undefined
    record = fold(record, change, record?.rev ?? 0)
  }
  if (record === undefined) throw misplaced(request)
  return record.rev === place.rev ? record : Object.freeze({ ...nothing, ...record, rev: place.rev })
}

/** What stands in the log where a version should is something else. */
export function misplaced({ type, id, place }: BodyRequest): StatewardError {
  return new StatewardError(
    'CORRUPT',
    `expected version ${place.rev} of ${type} ${id} where seq ${place.seq} stands, found something else; run verify`,
    {
      details: { type, id, seq: place.seq },
    },
  )
}

/** Where a storage reads only with promises. */
export function noSync(): StatewardError {
  return new StatewardError(
    'UNSUPPORTED',
    'expected a storage that reads without a promise (fetchSync), found one that does not; ask the collections instead',
  )
}
