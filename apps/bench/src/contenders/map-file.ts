import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkStatus } from 'stateward'
import type { Reads, Row, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

interface Entry {
  readonly type: ItemType
  readonly parent: string
  readonly data: Row & { readonly status: string; readonly updated_at: string }
}

/** What people write by hand: a Map, and for each write a line appended to a file and synced. No index but the Map. */
export class MapFileStore implements Store, Writes, Reads {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly #entries = new Map<string, Entry>()
  readonly #file: FileHandle

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

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { type, data } of this.#entries.values())
      if (type === 'phase') counts[data.status] = (counts[data.status] ?? 0) + 1
    return counts
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

  #filter(isWanted: (entry: Entry) => boolean): Entry['data'][] {
    const found: Entry['data'][] = []
    for (const entry of this.#entries.values()) if (isWanted(entry)) found.push(entry.data)
    return found
  }
}

function entryOf(item: Item): Entry {
  return { type: item.type, parent: parentOf(item), data: item.data }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
