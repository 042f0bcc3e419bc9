import type { Seq, StoredRecord } from '@stateward/contract'
import { refersTo } from './refers.ts'

/** The newest version of one id, as the next write will find it. */
export interface Head {
  /** `undefined` when the newest version is a deletion. */
  readonly record: StoredRecord | undefined
  readonly rev: number
  /** Seq of the line that holds this version. */
  readonly seq: Seq
  /** Patches in a row up to this version. */
  readonly patches: number
}

/** State as the next write sees it. `head` and `referring` may throw `ColdBodies`. */
export interface HeadReader {
  /** Whether there is a live record; never throws. */
  exists(type: string, id: string): boolean
  head(type: string, id: string): Head | undefined
  referring(type: string, field: string, id: string): readonly StoredRecord[]
}

/** Versions on top of others: those of commits that are not durable yet, or of a write that is not decided yet. */
export class HeadLayer implements HeadReader {
  readonly #below: HeadReader
  readonly #heads = new Map<string, Map<string, Head>>()

  constructor(below: HeadReader) {
    this.#below = below
  }

  head(type: string, id: string): Head | undefined {
    return this.own(type, id) ?? this.#below.head(type, id)
  }

  exists(type: string, id: string): boolean {
    const own = this.own(type, id)
    return own === undefined ? this.#below.exists(type, id) : own.record !== undefined
  }

  own(type: string, id: string): Head | undefined {
    return this.#heads.get(type)?.get(id)
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    const below = this.#below.referring(type, field, id)
    const own = this.#heads.get(type)
    if (own === undefined || own.size === 0) return below
    const untouched = below.filter((record) => !own.has(record.id))
    const here = [...own.values()].flatMap(({ record }) =>
      record !== undefined && refersTo(record, field, id) ? [record] : [],
    )
    return [...untouched, ...here]
  }

  set(type: string, id: string, head: Head): void {
    let heads = this.#heads.get(type)
    if (heads === undefined) {
      heads = new Map()
      this.#heads.set(type, heads)
    }
    heads.set(id, head)
  }

  /** Forgets a version that has reached the layer below, unless a later one stands here already. */
  settle(type: string, id: string, seq: Seq): void {
    const heads = this.#heads.get(type)
    if (heads?.get(id)?.seq === seq) heads.delete(id)
  }

  /** Takes over everything that stands in `upper`. */
  absorb(upper: HeadLayer): void {
    for (const [type, id, head] of upper.entries()) this.set(type, id, head)
  }

  /** Drops everything. */
  clear(): void {
    this.#heads.clear()
  }

  *entries(): Iterable<readonly [type: string, id: string, head: Head]> {
    for (const [type, heads] of this.#heads) for (const [id, head] of heads) yield [type, id, head]
  }
}
