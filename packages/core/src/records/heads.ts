import type { JsonObject, Seq, StoredRecord } from '@stateward/contract'
import { Holders } from './holders.ts'
import { Referrers } from './referrers.ts'
import type { UniqueKey } from './unique-keys.ts'

/** The newest version of one id, as the next write will find it. */
export interface Head {
  /** `undefined` when the newest version is a deletion. */
  readonly record: StoredRecord | undefined
  readonly rev: number
  /** Seq of the line that holds this version. */
  readonly seq: Seq
  /** Patches in a row up to this version. */
  readonly patches: number
  /** Of a version that a write under way has put whole: the record without its rev, as the log will say it. */
  readonly put?: JsonObject | undefined
}

/** State as the next write sees it. `head`, `referring` and `holding` may throw `ColdBodies`, `holding` also `IndexUnbuilt`. */
export interface HeadReader {
  /** Whether there is a live record; never throws. */
  exists(type: string, id: string): boolean
  head(type: string, id: string): Head | undefined
  referring(type: string, field: string, id: string): readonly StoredRecord[]
  /** The records that hold what this one holds in the fields of a unique key; it may be one of them. It must lack none of the fields. */
  holding(type: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[]
}

/** What a layer holds of one type. */
interface LayerOfType {
  readonly heads: Map<string, Head>
  /** By field; only of fields that were asked about, and none before one was. */
  referrers: Map<string, Referrers> | undefined
  /** By unique key, likewise. */
  holders: Map<UniqueKey, Holders> | undefined
}

/** Versions on top of others: those of commits that are not durable yet, or of a write that is not decided yet. */
export class HeadLayer implements HeadReader {
  readonly #below: HeadReader
  readonly #types = new Map<string, LayerOfType>()

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
    return this.#types.get(type)?.heads.get(id)
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    const below = this.#below.referring(type, field, id)
    const own = this.#types.get(type)
    if (own === undefined || own.heads.size === 0) return below
    const untouched = below.filter((record) => !own.heads.has(record.id))
    const here = [...referrersBy(own, field).of(id)].flatMap((other) => own.heads.get(other)?.record ?? [])
    return [...untouched, ...here]
  }

  holding(type: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[] {
    const below = this.#below.holding(type, key, record)
    const own = this.#types.get(type)
    if (own === undefined || own.heads.size === 0) return below
    const untouched = below.filter(({ id }) => !own.heads.has(id))
    const here = [...holdersBy(own, key).of(record)].flatMap((other) => own.heads.get(other)?.record ?? [])
    return [...untouched, ...here]
  }

  set(type: string, id: string, head: Head): void {
    let own = this.#types.get(type)
    if (own === undefined) {
      own = { heads: new Map(), referrers: undefined, holders: undefined }
      this.#types.set(type, own)
    }
    for (const kept of keptBy(own)) {
      kept.remove(own.heads.get(id)?.record)
      kept.add(head.record)
    }
    own.heads.set(id, head)
  }

  /** Forgets a version that has reached the layer below, unless a later one stands here already. */
  settle(type: string, id: string, seq: Seq): void {
    const own = this.#types.get(type)
    const head = own?.heads.get(id)
    if (own === undefined || head?.seq !== seq) return
    for (const kept of keptBy(own)) kept.remove(head.record)
    own.heads.delete(id)
  }

  /** Drops everything. */
  clear(): void {
    this.#types.clear()
  }

  /** The versions of one type that stand here, by id. */
  entriesOf(type: string): Iterable<[id: string, head: Head]> {
    return this.#types.get(type)?.heads ?? []
  }

  *entries(): Iterable<readonly [type: string, id: string, head: Head]> {
    for (const [type, { heads }] of this.#types) for (const [id, head] of heads) yield [type, id, head]
  }
}

const nothing: readonly never[] = []

/** What is kept true to the records of a layer, which mostly is nothing. */
function keptBy({ referrers, holders }: LayerOfType): Iterable<Referrers | Holders> {
  if (referrers === undefined && holders === undefined) return nothing
  return [...(referrers?.values() ?? nothing), ...(holders?.values() ?? nothing)]
}

function holdersBy(own: LayerOfType, key: UniqueKey): Holders {
  own.holders ??= new Map()
  let holders = own.holders.get(key)
  if (holders === undefined) {
    holders = new Holders(
      key,
      [...own.heads.values()].map(({ record }) => record),
    )
    own.holders.set(key, holders)
  }
  return holders
}

function referrersBy(own: LayerOfType, field: string): Referrers {
  own.referrers ??= new Map()
  let referrers = own.referrers.get(field)
  if (referrers === undefined) {
    referrers = new Referrers(
      field,
      [...own.heads.values()].map(({ record }) => record),
    )
    own.referrers.set(field, referrers)
  }
  return referrers
}
