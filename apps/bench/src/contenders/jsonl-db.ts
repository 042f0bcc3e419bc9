import { join } from 'node:path'
import { JsonlDB } from '@alcalzone/jsonl-db'
import type { Reads, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item } from '../data/item.ts'
import { type Entry, entryOf, ScannedReads } from './scanned-reads.ts'

/** @alcalzone/jsonl-db: a Map, written to a file of JSON lines behind it. A write answers before the file has it. */
export class JsonlDbStore implements Store, Writes {
  readonly writes: Writes = this
  readonly reads: Reads
  readonly #db: JsonlDB<Entry>

  private constructor(db: JsonlDB<Entry>) {
    this.#db = db
    this.reads = new ScannedReads(db)
  }

  static async open(dir: string): Promise<JsonlDbStore> {
    const db = new JsonlDB<Entry>(join(dir, 'records.jsonl'))
    await db.open()
    return new JsonlDbStore(db)
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) {
      for (const item of batch) this.create(item)
      // It writes in turns of the event loop: without one, everything would wait in memory.
      await new Promise(setImmediate)
    }
  }

  create(item: Item): void {
    this.#db.set(item.data.id, entryOf(item))
  }

  update(id: string, changes: Changes): void {
    const before = this.#db.get(id)
    if (before === undefined) throw new Error(`jsonl-db does not hold ${id}`)
    this.#db.set(id, { ...before, data: { ...before.data, ...changes } })
  }

  close(): Promise<void> {
    return this.#db.close()
  }
}
