import { compareKeys, type FieldKind, orderKey } from '@stateward/contract'
import type { Fields } from './plain-fold.ts'

/** A query in plain words. */
export interface PlainQuery {
  readonly matches: (issue: Fields) => boolean
  /** Absent: by id. */
  readonly by?: { readonly field: string; readonly kind: FieldKind; readonly direction: 1 | -1 }
  readonly limit: number
}

interface Entry {
  readonly id: string
  readonly key: ReturnType<typeof orderKey>
}

/** Everything that matches, as one sorted list: what the result of a query is, change by change, without a store. */
export class PlainWindow {
  readonly #query: PlainQuery
  readonly #entries: Entry[] = []
  readonly #byId = new Map<string, Entry>()

  constructor(query: PlainQuery) {
    this.#query = query
  }

  /** Takes in what a change has left of an issue; tells whether it was, or is, in the list. */
  take(id: string, after: Fields | undefined): boolean {
    const before = this.#byId.get(id)
    if (before !== undefined) this.#entries.splice(this.#placeOf(before), 1)
    this.#byId.delete(id)
    const isIn = after !== undefined && this.#query.matches(after)
    if (isIn) {
      const { field = 'id', kind = 'value' } = this.#query.by ?? {}
      const entry = { id, key: orderKey(after[field] as string | undefined, kind) }
      this.#entries.splice(this.#placeOf(entry), 0, entry)
      this.#byId.set(id, entry)
    }
    return isIn || before !== undefined
  }

  /** Ids of the result. */
  get ids(): readonly string[] {
    return this.#entries.slice(0, this.#query.limit).map(({ id }) => id)
  }

  #placeOf(entry: Entry): number {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#entries[middle]
      if (there !== undefined && this.#compare(there, entry) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(left: Entry, right: Entry): number {
    const { direction = 1 } = this.#query.by ?? {}
    return direction * compareKeys(left.key, right.key) || compareKeys(left.id, right.id)
  }
}
