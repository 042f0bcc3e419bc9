import { type BatchOperation, ClassicLevel } from 'classic-level'
import type { WorkStatus } from 'stateward'
import type { Reads, Row, Store, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item, ItemType } from '../data/item.ts'
import { type Entry, entryOf } from './scanned-reads.ts'

type Operation = BatchOperation<ClassicLevel<string, Entry | ''>, string, Entry | ''>

/** Above every character of an id, a status or an instant. */
const above = '\uffff'
const loadSyncEvery = 64

/** classic-level: records and, under keys of their own, its indexes kept by hand; a write is one batch with `sync: true`. */
export class LevelStore implements Store, Writes, Reads {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly #db: ClassicLevel<string, Entry | ''>
  /** The last write of a record: the index keys of the record as it is now have to go, so one comes after the other. */
  readonly #last = new Map<string, Promise<void>>()

  private constructor(db: ClassicLevel<string, Entry | ''>) {
    this.#db = db
  }

  static async open(dir: string): Promise<LevelStore> {
    const db = new ClassicLevel<string, Entry | ''>(dir, { valueEncoding: 'json' })
    await db.open()
    return new LevelStore(db)
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    let count = 0
    for (const batch of batches) {
      const operations = batch.flatMap((item) => putOf(entryOf(item)))
      await this.#db.batch(operations, { sync: ++count % loadSyncEvery === 0 })
    }
    // A synced write makes everything before it in its log safe, too.
    await this.#db.put('loaded', '', { sync: true })
  }

  create(item: Item): Promise<void> {
    return this.#db.batch(putOf(entryOf(item)), { sync: true })
  }

  update(id: string, changes: Changes): Promise<void> {
    const before = this.#last.get(id) ?? Promise.resolve()
    const written = before.then(() => this.#patch(id, changes))
    this.#last.set(id, written)
    return written.finally(() => {
      if (this.#last.get(id) === written) this.#last.delete(id)
    })
  }

  async size(): Promise<number> {
    let count = 0
    for await (const keys of pagesOf(this.#db.keys({ gte: 'r!', lt: `r!${above}` }))) count += keys.length
    return count
  }

  async get(_type: ItemType, id: string): Promise<Row | undefined> {
    return (await this.#entry(id))?.data
  }

  newest(status: WorkStatus, limit: number): Promise<readonly Row[]> {
    return this.#rows(`s!phase!${status}!`, { limit })
  }

  specsOf(planId: string): Promise<readonly Row[]> {
    return this.#rows(`p!spec!${planId}!`, {})
  }

  since(from: string, limit: number): Promise<readonly Row[]> {
    return this.#rows('t!phase!', { from: `t!phase!${from}!`, limit })
  }

  async named(name: string, order: number): Promise<readonly Row[]> {
    const rows: Row[] = []
    // The keys of the records begin with their ids.
    for await (const entries of pagesOf(this.#db.values({ gte: 'r!', lt: `r!${above}` }))) {
      for (const entry of entries) {
        if (entry !== '' && entry.type === 'phase' && entry.data.name === name && entry.data.order === order)
          rows.push(entry.data)
      }
    }
    return rows
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {}
    for await (const keys of pagesOf(this.#db.keys({ gte: 's!phase!', lt: `s!phase!${above}` }))) {
      for (const key of keys) {
        const status = key.split('!')[2] ?? ''
        counts[status] = (counts[status] ?? 0) + 1
      }
    }
    return counts
  }

  /** All levels anew, without what was overwritten. */
  compact(): Promise<void> {
    return this.#db.compactRange('', above)
  }

  close(): Promise<void> {
    return this.#db.close()
  }

  async #patch(id: string, changes: Changes): Promise<void> {
    const before = await this.#entry(id)
    if (before === undefined) throw new Error(`classic-level does not hold ${id}`)
    const gone = keysOf(before).map((key): Operation => ({ type: 'del', key }))
    await this.#db.batch([...gone, ...putOf({ ...before, data: { ...before.data, ...changes } })], { sync: true })
  }

  async #entry(id: string): Promise<Entry | undefined> {
    const found = await this.#db.get(`r!${id}`)
    return found === '' ? undefined : found
  }

  async #rows(prefix: string, { from = prefix, limit = -1 }: RowsOptions): Promise<readonly Row[]> {
    const keys = await this.#db.keys({ gte: from, lt: `${prefix}${above}`, limit }).all()
    const found = await this.#db.getMany(keys.map((key) => `r!${key.slice(key.lastIndexOf('!') + 1)}`))
    return found.flatMap((entry) => (entry === undefined || entry === '' ? [] : entry.data))
  }
}

interface RowsOptions {
  readonly from?: string
  readonly limit?: number
}

interface Pages<T> {
  nextv(size: number): Promise<T[]>
  close(): Promise<void>
}

/** Many at a time: one turn of the event loop for each would be most of the work. */
async function* pagesOf<T>(keys: Pages<T>): AsyncGenerator<readonly T[]> {
  try {
    for (let page = await keys.nextv(1000); page.length > 0; page = await keys.nextv(1000)) yield page
  } finally {
    await keys.close()
  }
}

function putOf(entry: Entry): Operation[] {
  const keys = keysOf(entry).map((key): Operation => ({ type: 'put', key, value: '' }))
  return [{ type: 'put', key: `r!${entry.data.id}`, value: entry }, ...keys]
}

/** Instants of one length, so that they stand in order; counted down where the newest comes first. */
function keysOf({ type, parent, data }: Entry): readonly string[] {
  const down = String(Number.MAX_SAFE_INTEGER - Date.parse(data.updated_at))
  return [
    `s!${type}!${data.status}!${down}!${data.id}`,
    `p!${type}!${parent}!${data.id}`,
    `t!${type}!${data.updated_at}!${data.id}`,
  ]
}
