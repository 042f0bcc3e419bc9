import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reads, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item } from '../data/item.ts'
import { type Entry, entryOf, ScannedReads } from './scanned-reads.ts'

/** What people write by hand: a Map, and for each write a line appended to a file and synced. No index but the Map. */
export class MapFileStore implements Store, Writes {
  readonly #entries = new Map<string, Entry>()
  readonly #file: FileHandle
  readonly writes: Writes = this
  readonly reads: Reads = new ScannedReads(this.#entries)

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(dir: string): Promise<MapFileStore> {
    const path = join(dir, 'records.jsonl')
    const store = new MapFileStore(await open(path, 'a'))
    for (const line of (await readFile(path, 'utf8')).split('\n')) if (line !== '') store.#apply(JSON.parse(line))
    return store
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) {
      const entries = batch.map(entryOf)
      await this.#file.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      for (const entry of entries) this.#apply(entry)
    }
    await this.#file.datasync()
  }

  create(item: Item): Promise<void> {
    return this.#write(entryOf(item))
  }

  update(id: string, changes: Changes): Promise<void> {
    const before = this.#entries.get(id)
    if (before === undefined) throw new Error(`the Map does not hold ${id}`)
    return this.#write({ ...before, data: { ...before.data, ...changes } })
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #write(entry: Entry): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`)
    await this.#file.datasync()
    this.#apply(entry)
  }

  #apply(entry: Entry): void {
    this.#entries.set(entry.data.id, entry)
  }
}
