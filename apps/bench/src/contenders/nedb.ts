import { join } from 'node:path'
import nedb from '@seald-io/nedb'
import type { WorkStatus } from 'stateward'
import type { Reads, Row, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

// The package's types say that the class is its `default`; what is loaded is the class itself.
const Datastore = nedb as unknown as typeof nedb.default

interface Document extends Row {
  readonly _id: string
  readonly type: ItemType
  readonly parent: string
  readonly status: string
  readonly name?: string
  readonly order?: number | undefined
}

/** nedb: everything in memory, every write appended to a file that is never synced. */
export class NedbStore implements Store, Writes, Reads {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly #store: nedb.default<Document>

  private constructor(store: nedb.default<Document>) {
    this.#store = store
  }

  static async open(dir: string): Promise<NedbStore> {
    const store = new Datastore<Document>({ filename: join(dir, 'records.nedb') })
    for (const fieldName of ['status', 'parent', 'updated_at']) await store.ensureIndexAsync({ fieldName })
    await store.loadDatabaseAsync()
    return new NedbStore(store)
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) await this.#store.insertAsync(batch.map(documentOf))
  }

  create(item: Item): Promise<unknown> {
    return this.#store.insertAsync(documentOf(item))
  }

  update(id: string, changes: Changes): Promise<unknown> {
    return this.#store.updateAsync({ _id: id }, { $set: changes }, {})
  }

  async size(): Promise<number> {
    return this.#store.countAsync({})
  }

  async get(_type: ItemType, id: string): Promise<Row | undefined> {
    return (await this.#store.findOneAsync<Document>({ _id: id })) ?? undefined
  }

  async newest(status: WorkStatus, limit: number): Promise<readonly Row[]> {
    return this.#store.findAsync<Document>({ status, type: 'phase' }).sort({ updated_at: -1, _id: 1 }).limit(limit)
  }

  async specsOf(planId: string): Promise<readonly Row[]> {
    return this.#store.findAsync<Document>({ parent: planId, type: 'spec' }).sort({ _id: 1 })
  }

  async since(from: string, limit: number): Promise<readonly Row[]> {
    const query = { updated_at: { $gte: from }, type: 'phase' }
    return this.#store.findAsync<Document>(query).sort({ updated_at: 1, _id: 1 }).limit(limit)
  }

  async named(name: string, order: number): Promise<readonly Row[]> {
    return this.#store.findAsync<Document>({ type: 'phase', name, order }).sort({ _id: 1 })
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const phases = await this.#store.findAsync({ type: 'phase' }, { status: 1 })
    const counts: Record<string, number> = {}
    for (const { status } of phases) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  async close(): Promise<void> {
    // Waits for the writes that are queued.
    await this.#store.countAsync({})
  }
}

function documentOf(item: Item): Document {
  return { ...item.data, _id: item.data.id, type: item.type, parent: parentOf(item) }
}
