import type { Notify, StoreEvent } from '@stateward/contract'
import type { KeptIndex } from '@stateward/index'
import { uniqueKeysOf } from '../records/unique-keys.ts'
import type { Live, LiveType } from './live.ts'
import { answersFor } from './slots-holding.ts'

export interface MemorySettings {
  /** Most bytes of the cache. */
  readonly cacheBytes: number
  /** Most bytes of cache, indexes and tables together; `undefined`: no bound. */
  readonly maxBytes: number | undefined
}

/** What the parts of a state take, in bytes. */
interface HeldBytes {
  /** Ids, and where each record stands in the log. */
  readonly tables: number
  readonly indexes: number
}

/** The cache keeps this part of the budget at least, if it was given as much, while an index is left that can be dropped. */
const leastCachePart = 1 / 8
/** This part of the budget is for what comes in between two looks. */
const reserve = 1 / 32
/** What one change takes in tables and indexes, about; and how many may come in between two looks. */
const bytesPerChange = 512
const leastChanges = 16
const mostChanges = 1_024
/** Steps in which the bound of the cache changes: each change costs a copy of its list. */
const cacheSteps = 64
/** An index comes back where the room is so many times what it will take, so that it does not come and go. */
const roomToReturn = 2

/** Keeps cache, indexes and tables of a state within a bound: what is not required is dropped, what was asked for least first. */
export class MemoryBudget {
  readonly #settings: MemorySettings
  readonly #tell: Notify<StoreEvent>
  readonly #changesPerLook: number
  #changes = 0
  #isExceeded = false

  constructor(settings: MemorySettings, tell: Notify<StoreEvent>) {
    this.#settings = settings
    this.#tell = tell
    const growth = ((settings.maxBytes ?? 0) * reserve) / bytesPerChange
    this.#changesPerLook = Math.max(leastChanges, Math.min(mostChanges, Math.floor(growth)))
  }

  /** A record was changed: what that takes is kept in reserve for some of them, then somebody looks. */
  changed(live: Live): void {
    if (++this.#changes % this.#changesPerLook !== 0) return
    try {
      this.keep(live)
    } catch {
      // An index that does not know its own size must not take a durable write along. Who looks now and then finds it, too, and says so.
    }
  }

  /** Looks how much there is, and lets go of what is too much. Throws what an index throws. O(records / 512) for each index. */
  keep(live: Live): void {
    const { maxBytes, cacheBytes } = this.#settings
    restoreRequired(live)
    if (maxBytes === undefined) {
      restoreAll(live)
      return
    }
    const leastCache = Math.min(cacheBytes, maxBytes * leastCachePart)
    const room = maxBytes * (1 - reserve) - leastCache
    let { tables, indexes } = heldBytes(live)
    // They fill again by themselves, where they are wanted.
    if (tables + indexes > room) {
      forgetFingerprints(live)
      tables = heldBytes(live).tables
    }
    while (tables + indexes > room) {
      const least = leastUseful(live)
      if (least === undefined) break
      const { type, index, bytes } = least
      type.kept.drop(index, { bytes, records: type.rows.size })
      this.#tell({ kind: 'index', phase: 'dropped', type: type.name, index: index.name, bytes })
      indexes -= bytes
    }
    const left = maxBytes * (1 - reserve) - tables - indexes
    live.bodies.bound(cacheBound(left, cacheBytes))
    this.#exceeded(tables + indexes, maxBytes)
  }

  /** Has the smallest of the indexes that were dropped built again, where there is room for it. Whether one is. */
  restore(live: Live): boolean {
    const { maxBytes, cacheBytes } = this.#settings
    if (maxBytes === undefined) return false
    const { tables, indexes } = heldBytes(live)
    // What fills again by itself keeps no index from coming back.
    const kept = tables - fingerprintBytes(live)
    const room = maxBytes - Math.min(cacheBytes, maxBytes * leastCachePart) - kept - indexes
    // Of one that is being built nobody knows yet what it will take.
    if ([...live.types.values()].some(({ kept }) => kept.rebuilding.some(({ failure }) => failure === undefined)))
      return false
    const dropped = [...live.types.values()].flatMap(({ kept, rows }) =>
      kept.dropped.map((one) => ({ kept, one, needs: (one.bytes / Math.max(1, one.records)) * rows.size })),
    )
    const [first] = dropped.sort((left, right) => left.needs - right.needs)
    if (first === undefined || first.needs * roomToReturn > room) return false
    forgetFingerprints(live)
    first.kept.restore(first.one)
    return true
  }

  #exceeded(bytes: number, maxBytes: number): void {
    const isExceeded = bytes > maxBytes
    if (isExceeded && !this.#isExceeded) this.#tell({ kind: 'memory', phase: 'exceeded', bytes, maxBytes })
    this.#isExceeded = isExceeded
  }
}

function fingerprintBytes({ types }: Live): number {
  return [...types.values()].reduce((sum, { rows }) => sum + rows.fingerprints.bytes, 0)
}

function forgetFingerprints({ types }: Live): void {
  for (const { rows } of types.values()) rows.fingerprints.clear()
}

/** A checkpoint may come from a store that had a bound. */
function restoreAll({ types }: Live): void {
  for (const { kept } of types.values()) for (const one of kept.dropped) kept.restore(one)
}

/** Or from one whose domain did not need them. */
function restoreRequired({ types }: Live): void {
  for (const type of types.values())
    for (const one of type.kept.dropped) if (isRequired(type, one.index)) type.kept.restore(one)
}

function heldBytes(live: Live): HeldBytes {
  let [tables, indexes] = [0, 0]
  for (const { rows, kept } of live.types.values()) {
    tables += rows.bytes
    for (const index of kept.all) indexes += index.bytes()
  }
  return { tables, indexes }
}

interface Optional {
  readonly type: LiveType
  readonly index: KeptIndex
  readonly bytes: number
}

/** Of the indexes that are not required the one that has saved the fewest looks at records for each byte; of equal ones the largest. */
function leastUseful(live: Live): Optional | undefined {
  let least: (Optional & { readonly worth: number }) | undefined
  for (const type of live.types.values()) {
    for (const index of type.kept.all) {
      const bytes = index.bytes()
      if (bytes === 0 || type.kept.isDropped(index) || isRequired(type, index)) continue
      const worth = type.kept.saved(index) / bytes
      if (least === undefined || worth < least.worth || (worth === least.worth && bytes > least.bytes))
        least = { type, index, bytes, worth }
    }
  }
  return least
}

/**
 * Deciding on a deletion asks who refers to the record: without the relation that would load all records of the type. So would deciding
 * on a value that only one record may hold, without the index that answers who does.
 */
function isRequired({ entity, kept }: LiveType, index: KeptIndex): boolean {
  const { membership, fields, shape } = index
  const [field] = fields
  if (membership !== undefined && shape.equal === 1 && Object.hasOwn(entity?.refs ?? {}, field ?? '')) return true
  return uniqueKeysOf(entity).some((key) => kept.all.find((one) => answersFor(one, key)) === index)
}

/** What is left for it, in steps; never more than it was given. */
function cacheBound(left: number, cacheBytes: number): number {
  if (left >= cacheBytes) return cacheBytes
  const step = cacheBytes / cacheSteps
  return Math.floor(Math.floor(Math.max(0, left) / step) * step)
}
