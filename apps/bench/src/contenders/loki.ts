import { join } from 'node:path'
import { promisify } from 'node:util'
import Loki from 'lokijs'
import type { WorkStatus } from 'stateward'
import type { Reads, Row, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

interface Document extends Row {
  readonly type: ItemType
  readonly parent: string
  readonly status: string
  readonly updated_at: string
  readonly name?: string
  readonly order?: number | undefined
}

/** lokijs: everything in memory, with indexes; written to a file as a whole when it is closed. */
export class LokiStore implements Store, Writes, Reads {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly #db: Loki
  readonly #records: Collection<Document>

  private constructor(db: Loki) {
    this.#db = db
    this.#records =
      db.getCollection<Document>('records') ??
      db.addCollection<Document>('records', { unique: ['id'], indices: ['status', 'parent', 'updated_at'] })
  }

  static async open(dir: string): Promise<LokiStore> {
    const db = new Loki(join(dir, 'records.json'), { adapter: new Loki.LokiFsAdapter() })
    await promisify((done: (error?: unknown) => void) => db.loadDatabase({}, done))()
    return new LokiStore(db)
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) this.#records.insert(batch.map(documentOf))
  }

  create(item: Item): void {
    this.#records.insert(documentOf(item))
  }

  update(id: string, changes: Changes): void {
    const before = this.#records.by('id', id)
    if (before === undefined) throw new Error(`lokijs does not hold ${id}`)
    this.#records.update(Object.assign(before, changes))
  }

  size(): number {
    return this.#records.count()
  }

  get(_type: ItemType, id: string): Row | undefined {
    return this.#records.by('id', id)
  }

  newest(status: WorkStatus, limit: number): readonly Row[] {
    return this.#records
      .chain()
      .find({ status, type: 'phase' })
      .compoundsort([
        ['updated_at', true],
        ['id', false],
      ])
      .limit(limit)
      .data()
  }

  specsOf(planId: string): readonly Row[] {
    return this.#records.chain().find({ parent: planId, type: 'spec' }).simplesort('id').data()
  }

  since(from: string, limit: number): readonly Row[] {
    return this.#records
      .chain()
      .find({ updated_at: { $gte: from } })
      .find({ type: 'phase' })
      .compoundsort([
        ['updated_at', false],
        ['id', false],
      ])
      .limit(limit)
      .data()
  }

  named(name: string, order: number): readonly Row[] {
    return this.#records.chain().find({ type: 'phase', name, order }).simplesort('id').data()
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { status } of this.#records.find({ type: 'phase' })) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  close(): Promise<void> {
    return promisify((done: (error?: unknown) => void) => this.#db.saveDatabase(done))()
  }
}

function documentOf(item: Item): Document {
  return { ...item.data, type: item.type, parent: parentOf(item) }
}
