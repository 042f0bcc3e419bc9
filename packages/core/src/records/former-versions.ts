import type { StoredRecord } from '@stateward/contract'

/** What a record was before a change; `record` is `undefined` where there was none. */
interface Former {
  /** The number of the change. */
  readonly at: number
  readonly record: StoredRecord | undefined
}

/** A moment from which on former versions are kept, until it is `over`. */
export interface Since {
  readonly at: number
  readonly over: () => void
}

/** What has changed of a type since a moment, as it was then. */
export interface ChangedSince extends Iterable<readonly [id: string, before: StoredRecord | undefined]> {
  has(id: string): boolean
  get(id: string): StoredRecord | undefined
}

/** Who hears of every version that is about to be replaced. */
export interface Watchers {
  add(watcher: Hears): unknown
  delete(watcher: Hears): unknown
}

type Hears = (type: { readonly name: string }, id: string, place: unknown, before: StoredRecord | undefined) => void

/** Swept when there are twice as many as a sweep has left, and some. */
const leastSweep = 1_024

/**
 * What records were before others changed them, kept once for all transactions that are under way: a change costs the same
 * however many those are. Nothing is kept while there are none; of one record never many more versions than transactions.
 */
export class FormerVersions {
  readonly #watchers: Watchers
  readonly #leastSweep: number
  readonly #types = new Map<string, Map<string, Former[]>>()
  /** In the order of their beginnings, which is that of their numbers. */
  readonly #open = new Set<Since>()
  readonly #watcher: Hears = ({ name }, id, _place, before) => this.#note(name, id, before)
  #changes = 0
  #newest = 0
  #kept = 0
  #sweepAt: number

  /** @param least how many it holds at least before it looks whether all are needed */
  constructor(watchers: Watchers, least: number = leastSweep) {
    this.#watchers = watchers
    this.#leastSweep = least
    this.#sweepAt = least
  }

  /** How many versions it holds. */
  get kept(): number {
    return this.#kept
  }

  begin(): Since {
    const since: Since = { at: this.#changes, over: () => this.#end(since) }
    if (this.#open.size === 0) this.#watchers.add(this.#watcher)
    this.#open.add(since)
    this.#newest = since.at
    return since
  }

  /** What has changed of this type since a moment that is not over. `has` and `get` cost O(log versions of the record). */
  changedSince(type: string, { at }: Since): ChangedSince {
    const records = at === this.#changes ? undefined : this.#types.get(type)
    return records === undefined ? nothing : new Changed(records, at)
  }

  #note(type: string, id: string, record: StoredRecord | undefined): void {
    const at = ++this.#changes
    let records = this.#types.get(type)
    if (records === undefined) {
      records = new Map()
      this.#types.set(type, records)
    }
    const versions = records.get(id)
    if (versions === undefined) records.set(id, [{ at, record }])
    // Nobody has begun since the last one: each of them sees what was before that.
    else if ((versions.at(-1)?.at ?? 0) > this.#newest) return
    else versions.push({ at, record })
    if (++this.#kept > this.#sweepAt) this.#sweep()
  }

  #end(since: Since): void {
    if (!this.#open.delete(since) || this.#open.size > 0) return
    this.#watchers.delete(this.#watcher)
    this.#types.clear()
    this.#kept = 0
    this.#sweepAt = this.#leastSweep
  }

  /** Lets go of what nobody sees who is still there. */
  #sweep(): void {
    const moments = [...this.#open].map(({ at }) => at)
    this.#kept = 0
    for (const records of this.#types.values()) {
      for (const [id, versions] of records) {
        const seen = seenFrom(versions, moments)
        if (seen.length === 0) records.delete(id)
        else records.set(id, seen)
        this.#kept += seen.length
      }
    }
    this.#sweepAt = 2 * this.#kept + this.#leastSweep
  }
}

/** The versions that are the first behind one of these moments, which ascend. */
function seenFrom(versions: readonly Former[], moments: readonly number[]): Former[] {
  let next = 0
  return versions.filter(({ at }) => {
    const isSeen = (moments[next] ?? Number.POSITIVE_INFINITY) < at
    while ((moments[next] ?? Number.POSITIVE_INFINITY) < at) next++
    return isSeen
  })
}

class Changed implements ChangedSince {
  readonly #records: ReadonlyMap<string, readonly Former[]>
  readonly #since: number

  constructor(records: ReadonlyMap<string, readonly Former[]>, since: number) {
    this.#records = records
    this.#since = since
  }

  has(id: string): boolean {
    return (this.#records.get(id)?.at(-1)?.at ?? 0) > this.#since
  }

  get(id: string): StoredRecord | undefined {
    return firstBehind(this.#records.get(id), this.#since)?.record
  }

  *[Symbol.iterator](): Iterator<readonly [string, StoredRecord | undefined]> {
    for (const [id, versions] of this.#records) {
      const first = firstBehind(versions, this.#since)
      if (first !== undefined) yield [id, first.record]
    }
  }
}

function firstBehind(versions: readonly Former[] | undefined, moment: number): Former | undefined {
  if (versions === undefined) return undefined
  let [low, high] = [0, versions.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((versions[middle]?.at ?? 0) > moment) high = middle
    else low = middle + 1
  }
  return versions[low]
}

const nothing: ChangedSince = new Map<string, StoredRecord | undefined>()
