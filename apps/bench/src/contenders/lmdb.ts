import { type Database, open, type RootDatabase } from 'lmdb'
import type { WorkStatus } from 'stateward'
import type { PhaseUpdate, Reads, Row, Store, Transactions, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

interface Stored {
  readonly type: ItemType
  readonly parent: string
  readonly data: Row & {
    readonly status: string
    readonly updated_at: string
    readonly name?: string
    readonly order?: number | undefined
  }
}

type IndexKey = (string | number)[]

const loadFlushEvery = 16

/** lmdb: a table of records and one ordered table an index, kept by hand; a write is acknowledged when it is flushed. */
export class LmdbStore implements Store, Writes, Reads, Transactions {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly transactions: Transactions = this
  readonly #root: RootDatabase
  readonly #records: Database<Stored, string>
  readonly #index: Database<boolean, IndexKey>

  constructor(dir: string) {
    this.#root = open({ path: dir, maxDbs: 4 })
    this.#records = this.#root.openDB({ name: 'records' })
    this.#index = this.#root.openDB({ name: 'index' })
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    let count = 0
    let written: Promise<unknown> = Promise.resolve()
    for (const batch of batches) {
      for (const item of batch) written = this.#put(storedOf(item))
      // Otherwise the queue would hold everything before any of it is written.
      if (++count % loadFlushEvery === 0) await written
    }
    await written
    await this.#root.flushed
  }

  async create(item: Item): Promise<void> {
    await this.#put(storedOf(item))
    await this.#root.flushed
  }

  async update(id: string, changes: Changes): Promise<void> {
    // The index keys of the record as it is now have to go: read and write must be one.
    await this.#root.transaction(() => this.#patch(id, changes))
    await this.#root.flushed
  }

  /** An update reads what it changes in any case, for the sake of the index. */
  async readAndWrite(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<void> {
    await this.#root.transaction(() => {
      for (const item of items) this.#put(storedOf(item))
      for (const { id, changes } of updates) this.#patch(id, changes)
    })
    await this.#root.flushed
  }

  writeAll(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<void> {
    return this.readAndWrite(items, updates)
  }

  size(): number {
    return this.#records.getCount()
  }

  get(_type: ItemType, id: string): Row | undefined {
    return this.#records.get(id)?.data
  }

  newest(status: WorkStatus, limit: number): readonly Row[] {
    return this.#rows(['status', 'phase', status], limit)
  }

  specsOf(planId: string): readonly Row[] {
    return this.#rows(['parent', 'spec', planId])
  }

  since(from: string, limit: number): readonly Row[] {
    return this.#read(['time', 'phase', Date.parse(from)], ['time', 'phase', Number.MAX_SAFE_INTEGER], limit)
  }

  named(name: string, order: number): readonly Row[] {
    const rows: Row[] = []
    // The records stand in the order of their ids.
    for (const { value } of this.#records.getRange({})) {
      if (value.type === 'phase' && value.data.name === name && value.data.order === order) rows.push(value.data)
    }
    return rows
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const key of this.#index.getKeys({ start: ['status', 'phase'], end: ['status', 'phase~'] })) {
      const status = String(key[2])
      counts[status] = (counts[status] ?? 0) + 1
    }
    return counts
  }

  async close(): Promise<void> {
    await this.#root.close()
  }

  #patch(id: string, changes: Changes): void {
    const before = this.#records.get(id)
    if (before === undefined) throw new Error(`lmdb does not hold ${id}`)
    for (const key of keysOf(before)) this.#index.remove(key)
    this.#put({ ...before, data: { ...before.data, ...changes } })
  }

  #put(stored: Stored): Promise<unknown> {
    for (const key of keysOf(stored)) this.#index.put(key, true)
    return this.#records.put(stored.data.id, stored)
  }

  /** The records whose index key begins with this. */
  #rows(prefix: readonly string[], limit?: number): readonly Row[] {
    const last = prefix.at(-1)
    return this.#read([...prefix], [...prefix.slice(0, -1), `${last}~`], limit)
  }

  #read(start: IndexKey, end: IndexKey, limit: number | undefined): readonly Row[] {
    const rows: Row[] = []
    for (const key of this.#index.getKeys({ start, end, ...(limit !== undefined && { limit }) })) {
      const found = this.#records.get(String(key.at(-1)))
      if (found !== undefined) rows.push(found.data)
    }
    return rows
  }
}

function storedOf(item: Item): Stored {
  return { type: item.type, parent: parentOf(item), data: item.data }
}

function keysOf({ type, parent, data }: Stored): readonly IndexKey[] {
  const updated = Date.parse(data.updated_at)
  return [
    ['status', type, data.status, -updated, data.id],
    ['parent', type, parent, data.id],
    ['time', type, updated, data.id],
  ]
}
