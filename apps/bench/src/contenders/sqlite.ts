import { join } from 'node:path'
import Database from 'libsql'
import type { WorkStatus } from 'stateward'
import type { PhaseUpdate, Reads, Row, Soon, Store, Transactions, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import { type Item, type ItemType, parentOf } from '../data/item.ts'

const fullSync = 2

// One table of JSON, and beside it in columns of their own what is asked for, so that an index can answer alone: a query
// that names a generated column makes SQLite read the whole row, which counts sixty times slower.
const schema = `
  CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    parent TEXT NOT NULL,
    status TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS by_status ON records (type, status, updated_at DESC, id);
  CREATE INDEX IF NOT EXISTS by_parent ON records (type, parent, id);
  CREATE INDEX IF NOT EXISTS by_time ON records (type, updated_at, id);
`

type Statement = Database.Statement<unknown[]>

/** SQLite through libsql, used synchronously as its interface is: WAL, synchronous FULL, a commit for each write. */
export class SqliteStore implements Store, Writes, Reads, Transactions {
  readonly writes: Writes = this
  readonly reads: Reads = this
  readonly transactions: Transactions = this
  protected readonly database: Database.Database
  readonly #insert: Statement
  readonly #update: Statement
  readonly #get: Statement
  readonly #newest: Statement
  readonly #specs: Statement
  readonly #since: Statement
  readonly #named: Statement
  readonly #counts: Statement
  readonly #size: Statement

  constructor(dir: string) {
    const database: Database.Database = new Database(join(dir, 'records.db'))
    this.database = database
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    expectPragma(database, 'journal_mode', 'wal')
    expectPragma(database, 'synchronous', fullSync)
    database.exec(schema)
    this.#insert = database.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)')
    this.#update = database.prepare('UPDATE records SET json = json_patch(json, ?), updated_at = ? WHERE id = ?')
    this.#get = database.prepare('SELECT json FROM records WHERE id = ?')
    this.#newest = database.prepare(
      "SELECT json FROM records WHERE type = 'phase' AND status = ? ORDER BY updated_at DESC, id LIMIT ?",
    )
    this.#specs = database.prepare("SELECT json FROM records WHERE type = 'spec' AND parent = ? ORDER BY id")
    this.#since = database.prepare(
      "SELECT json FROM records WHERE type = 'phase' AND updated_at >= ? ORDER BY updated_at, id LIMIT ?",
    )
    this.#named = database.prepare(
      "SELECT json FROM records WHERE type = 'phase' AND json ->> 'name' = ? AND json ->> 'order' = ? ORDER BY id",
    )
    this.#size = database.prepare('SELECT count(*) AS count FROM records')
    this.#counts = database.prepare(
      "SELECT status, count(*) AS count FROM records WHERE type = 'phase' GROUP BY status",
    )
  }

  async load(batches: Iterable<readonly Item[]>): Promise<void> {
    for (const batch of batches) {
      this.database.exec('BEGIN')
      for (const item of batch) this.insert(item)
      this.database.exec('COMMIT')
    }
  }

  create(item: Item): Soon<unknown> {
    this.insert(item)
    return undefined
  }

  update(id: string, changes: Changes): Soon<unknown> {
    this.patch(id, changes)
    return undefined
  }

  readAndWrite(items: readonly Item[], updates: readonly PhaseUpdate[]): Soon<unknown> {
    this.database.exec('BEGIN IMMEDIATE')
    this.all(items, updates, true)
    this.database.exec('COMMIT')
    return undefined
  }

  writeAll(items: readonly Item[], updates: readonly PhaseUpdate[]): Soon<unknown> {
    this.database.exec('BEGIN IMMEDIATE')
    this.all(items, updates, false)
    this.database.exec('COMMIT')
    return undefined
  }

  size(): number {
    return (this.#size.get() as { readonly count: number }).count
  }

  get(_type: ItemType, id: string): Row | undefined {
    const found = this.#get.get(id)
    return found === undefined ? undefined : rowOf(found)
  }

  newest(status: WorkStatus, limit: number): readonly Row[] {
    return this.#newest.all(status, limit).map(rowOf)
  }

  specsOf(planId: string): readonly Row[] {
    return this.#specs.all(planId).map(rowOf)
  }

  since(from: string, limit: number): readonly Row[] {
    return this.#since.all(from, limit).map(rowOf)
  }

  named(name: string, order: number): readonly Row[] {
    return this.#named.all(name, order).map(rowOf)
  }

  counts(): Readonly<Record<string, number>> {
    const groups = this.#counts.all() as { status: string; count: number }[]
    return Object.fromEntries(groups.map(({ status, count }) => [status, count]))
  }

  /** Writes the database anew without its holes, and the log of it back: as close as SQLite comes to a compaction. Blocks. */
  compact(): void {
    this.database.exec('VACUUM')
    this.database.pragma('wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.database.close()
  }

  protected all(items: readonly Item[], updates: readonly PhaseUpdate[], reads: boolean): void {
    if (reads) for (const { id } of updates) this.get('phase', id)
    for (const item of items) this.insert(item)
    for (const { id, changes } of updates) this.patch(id, changes)
  }

  protected insert(item: Item): void {
    const { id, status, updated_at } = item.data
    this.#insert.run(id, item.type, parentOf(item), status, updated_at, JSON.stringify(item.data))
  }

  protected patch(id: string, changes: Changes): void {
    this.#update.run(JSON.stringify(changes), changes.updated_at, id)
  }
}

function rowOf(found: unknown): Row {
  return JSON.parse((found as { readonly json: string }).json)
}

/** A durability that is claimed is looked up. */
function expectPragma(database: Database.Database, name: string, expected: string | number): void {
  const found = Object.values((database.pragma(name) as readonly object[])[0] ?? {})[0]
  if (found !== expected) throw new Error(`SQLite was told ${name} = ${expected} and says ${found}`)
}
