import { join } from 'node:path'
import { Low } from 'lowdb'
import { JSONFile } from 'lowdb/node'
import type { Reads, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item } from '../data/item.ts'
import { type Entry, entryOf, ScannedReads } from './scanned-reads.ts'

interface Data {
  readonly entries: Record<string, Entry>
}

/** lowdb: one JSON file, written anew and renamed for each write, and not synced. */
export class LowdbStore implements Store, Writes {
  readonly writes: Writes = this
  readonly reads: Reads
  readonly #db: Low<Data>
  readonly #entries: Map<string, Entry>

  private constructor(db: Low<Data>) {
    this.#db = db
    this.#entries = new Map(Object.entries(db.data.entries))
    this.reads = new ScannedReads(this.#entries)
  }

  static async open(dir: string): Promise<LowdbStore> {
    const db = new Low<Data>(new JSONFile(join(dir, 'records.json')), { entries: {} })
    await db.read()
    return new LowdbStore(db)
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) for (const item of batch) this.#set(entryOf(item))
    await this.#db.write()
  }

  create(item: Item): Promise<void> {
    this.#set(entryOf(item))
    return this.#db.write()
  }

  update(id: string, changes: Changes): Promise<void> {
    const before = this.#entries.get(id)
    if (before === undefined) throw new Error(`lowdb does not hold ${id}`)
    this.#set({ ...before, data: { ...before.data, ...changes } })
    return this.#db.write()
  }

  async close(): Promise<void> {
    // Each write was waited for by its caller.
  }

  #set(entry: Entry): void {
    this.#db.data.entries[entry.data.id] = entry
    this.#entries.set(entry.data.id, entry)
  }
}
