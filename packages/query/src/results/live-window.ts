import type { LiveChange, StoredRecord } from '@stateward/contract'
import type { Predicate } from '../planning/predicate.ts'
import type { Compare } from '../values/order.ts'
import type { Keyed, SortKey } from '../values/top-k.ts'

export interface LiveWindowOptions {
  readonly compare: Compare
  /** `undefined`: everything matches. */
  readonly matches: Predicate | undefined
  /** How many rows the result has at most. */
  readonly limit: number
  /** How many rows behind them are kept, so that not each that leaves has to be replaced from the index. */
  readonly reserve: number
}

/**
 * The first rows of a query, kept up change by change: what is told costs O(log rows), and a move of pointers. Holds the
 * rows of the result and a few behind it; always the first so many of all that match.
 */
export class LiveWindow {
  readonly #options: LiveWindowOptions
  readonly #keyed: Keyed<StoredRecord>
  readonly #rows: SortKey<StoredRecord>[]
  readonly #byId = new Map<string, SortKey<StoredRecord>>()
  /** Nothing matches but what is held. */
  #isComplete = true
  #changes: LiveChange[] = []

  constructor(options: LiveWindowOptions, rows: readonly StoredRecord[], isComplete: boolean) {
    this.#options = options
    this.#keyed = options.compare.keyed ?? plainly(options.compare)
    this.#rows = rows.map(this.#keyed.keyOf)
    for (const held of this.#rows) this.#byId.set(held.row.id, held)
    this.#isComplete = isComplete
  }

  /** The result. */
  get rows(): readonly StoredRecord[] {
    return this.#rows.slice(0, this.#options.limit).map(({ row }) => row)
  }

  /** How many rows are held: those of the result, and the reserve. */
  get size(): number {
    return this.#rows.length
  }

  /** The last row that is held; what is missing comes behind it. */
  get last(): StoredRecord | undefined {
    return this.#rows.at(-1)?.row
  }

  /** Where a row stands in the result; -1 where it is not in it. O(log rows). */
  placeOf(id: string): number {
    const held = this.#byId.get(id)
    const at = held === undefined ? -1 : this.#placeOf(held)
    return at < this.#options.limit ? at : -1
  }

  /** The row at a place of the result. */
  rowAt(at: number): StoredRecord | undefined {
    return at < this.#options.limit ? this.#rows[at]?.row : undefined
  }

  /** How many more rows are to be fetched for the result to be whole, and the reserve full; 0 where it is whole. */
  get missing(): number {
    const { limit, reserve } = this.#options
    return this.#isComplete || this.#rows.length >= limit ? 0 : limit + reserve - this.#rows.length
  }

  /** Takes in what a commit made of a record; `undefined`: it is gone. */
  take(id: string, after: StoredRecord | undefined): void {
    const { matches } = this.#options
    const before = this.#byId.get(id)
    const isWithin = after !== undefined && (matches === undefined || matches(after))
    if (before === undefined && !isWithin) return
    const now = isWithin ? this.#keyed.keyOf(after) : undefined
    const from = before === undefined ? -1 : this.#placeOf(before)
    if (now !== undefined && from >= 0 && this.#staysAt(from, now)) {
      this.#rows[from] = now
      this.#byId.set(id, now)
      if (from < this.#options.limit) this.#changes.push({ op: 'change', at: from, record: now.row })
      return
    }
    if (from >= 0) {
      this.#rows.splice(from, 1)
      this.#byId.delete(id)
    }
    const at = now === undefined ? -1 : this.#insert(now)
    this.#tell({ id, from, at, now: now?.row })
    this.#trim()
  }

  /** Takes in the rows that come behind those that are held, as of the same commit. */
  refill(rows: readonly StoredRecord[], isComplete: boolean): void {
    for (const record of rows) {
      const held = this.#keyed.keyOf(record)
      const at = this.#rows.push(held) - 1
      this.#byId.set(record.id, held)
      if (at < this.#options.limit) this.#changes.push({ op: 'enter', at, record })
    }
    this.#isComplete = isComplete
  }

  /** What has become different since the last call. */
  drain(): readonly LiveChange[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  /** Whether a row that has changed still belongs between those beside it. */
  #staysAt(at: number, now: SortKey<StoredRecord>): boolean {
    const { compare } = this.#keyed
    const [left, right] = [this.#rows[at - 1], this.#rows[at + 1]]
    if (left !== undefined && compare(left, now) >= 0) return false
    if (right !== undefined) return compare(now, right) < 0
    // Behind the last row there may be others, which nobody knows.
    const held = this.#rows[at]
    return this.#isComplete || (held !== undefined && compare(now, held) <= 0)
  }

  /** Puts a row where it belongs, and answers where; -1 where that is behind what is held. */
  #insert(now: SortKey<StoredRecord>): number {
    const last = this.#rows.at(-1)
    const isWithin = last !== undefined && this.#keyed.compare(now, last) < 0
    if (!isWithin && !this.#isComplete) return -1
    const at = this.#placeOf(now)
    this.#rows.splice(at, 0, now)
    this.#byId.set(now.row.id, now)
    return at
  }

  /** Where a row stands, or would. */
  #placeOf(row: SortKey<StoredRecord>): number {
    const { compare } = this.#keyed
    let [low, high] = [0, this.#rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#rows[middle]
      if (there !== undefined && compare(there, row) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #tell({ id, from, at, now }: { id: string; from: number; at: number; now: StoredRecord | undefined }): void {
    const { limit } = this.#options
    const wasSeen = from >= 0 && from < limit
    const isSeen = at >= 0 && at < limit
    if (isSeen && now !== undefined) {
      if (wasSeen) this.#changes.push({ op: 'move', from, at, record: now })
      else {
        const pushed = this.#rows[limit]?.row
        if (pushed !== undefined) this.#changes.push({ op: 'leave', at: limit - 1, id: pushed.id })
        this.#changes.push({ op: 'enter', at, record: now })
      }
    } else if (wasSeen) {
      this.#changes.push({ op: 'leave', at: from, id })
      const pulled = this.#rows[limit - 1]?.row
      if (pulled !== undefined) this.#changes.push({ op: 'enter', at: limit - 1, record: pulled })
    }
  }

  #trim(): void {
    const { limit, reserve } = this.#options
    while (this.#rows.length > limit + reserve) {
      const dropped = this.#rows.pop()
      if (dropped !== undefined) this.#byId.delete(dropped.row.id)
      this.#isComplete = false
    }
  }
}

/** Where comparing is cheap, nothing needs to be seen of a row beforehand. */
function plainly(compare: Compare): Keyed<StoredRecord> {
  return {
    keyOf: (row) => ({ row, value: undefined, isWritten: false }),
    compare: (left, right) => compare(left.row, right.row),
  }
}

/** What turns one list of rows into another. O(rows), and the distance of each that moves. */
export function liveDifference(before: readonly StoredRecord[], after: readonly StoredRecord[]): LiveChange[] {
  const changes: LiveChange[] = []
  const kept = new Set(after.map(({ id }) => id))
  const rows: StoredRecord[] = []
  for (const row of before) {
    if (kept.has(row.id)) rows.push(row)
    else changes.push({ op: 'leave', at: rows.length, id: row.id })
  }
  const held = new Set(rows.map(({ id }) => id))
  for (const [at, record] of after.entries()) {
    const there = rows[at]
    if (there?.id === record.id) {
      if (there !== record && there.rev !== record.rev) changes.push({ op: 'change', at, record })
    } else if (held.has(record.id)) {
      const from = rows.findIndex(({ id }, place) => place > at && id === record.id)
      rows.splice(from, 1)
      rows.splice(at, 0, record)
      changes.push({ op: 'move', from, at, record })
    } else {
      rows.splice(at, 0, record)
      changes.push({ op: 'enter', at, record })
    }
  }
  return changes
}
