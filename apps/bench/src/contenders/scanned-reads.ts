import type { WorkStatus } from 'stateward'
import type { Reads, Row } from '../contender.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

/** A record beside what every scan asks of it. */
export interface Entry {
  readonly type: ItemType
  readonly parent: string
  readonly data: Row & {
    readonly status: string
    readonly updated_at: string
    readonly name?: string
    readonly order?: number | undefined
  }
}

export function entryOf(item: Item): Entry {
  return { type: item.type, parent: parentOf(item), data: item.data }
}

/** The part of a Map that reading takes. */
export interface Entries {
  readonly size: number
  get(id: string): Entry | undefined
  values(): Iterable<Entry>
}

/** Reads of who has no index but a Map: every query looks at every record. */
export class ScannedReads implements Reads {
  readonly #entries: Entries

  constructor(entries: Entries) {
    this.#entries = entries
  }

  size(): number {
    return this.#entries.size
  }

  get(_type: ItemType, id: string): Row | undefined {
    return this.#entries.get(id)?.data
  }

  newest(status: WorkStatus, limit: number): readonly Row[] {
    return this.#filter(({ type, data }) => type === 'phase' && data.status === status)
      .sort((a, b) => compare(b.updated_at, a.updated_at) || compare(a.id, b.id))
      .slice(0, limit)
  }

  specsOf(planId: string): readonly Row[] {
    return this.#filter(({ type, parent }) => type === 'spec' && parent === planId).sort((a, b) => compare(a.id, b.id))
  }

  since(from: string, limit: number): readonly Row[] {
    return this.#filter(({ type, data }) => type === 'phase' && data.updated_at >= from)
      .sort((a, b) => compare(a.updated_at, b.updated_at) || compare(a.id, b.id))
      .slice(0, limit)
  }

  named(name: string, order: number): readonly Row[] {
    return this.#filter(({ type, data }) => type === 'phase' && data.name === name && data.order === order).sort(
      (a, b) => compare(a.id, b.id),
    )
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { type, data } of this.#entries.values())
      if (type === 'phase') counts[data.status] = (counts[data.status] ?? 0) + 1
    return counts
  }

  #filter(isWanted: (entry: Entry) => boolean): Entry['data'][] {
    const found: Entry['data'][] = []
    for (const entry of this.#entries.values()) if (isWanted(entry)) found.push(entry.data)
    return found
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
