import { setTimeout as delay } from 'node:timers/promises'
import { type ErrorCode, type LogBatch, type LogWriter, StatewardError, type Storage } from '@stateward/contract'
import Database from 'libsql'

const most = { maxRecordBytes: 2 ** 24, maxBatchBytes: 2 ** 26, maxBatchRecords: 4_096 }
const schema = `pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;
create table if not exists log (seq integer primary key, epoch integer, record blob);
create table if not exists base (row integer primary key autoincrement, seq integer, record blob);
create table if not exists head (epoch integer, lastSeq integer, firstSeq integer, upTo integer, before integer);
insert into head select 0, 0, 1, null, 0 where not exists (select * from head)`
/** Rows of the base are pointed at from here on, commits by their seq. */
const basePtr = 2 ** 50
type Row = { seq: number; epoch: number; record: Uint8Array; row: number }
/** `upTo`: what the newest base covers; its rows are those behind `before`. */
type Head = { epoch: number; lastSeq: number; firstSeq: number; upTo: number | null; before: number }

/** A log in one SQLite file, a row a commit. Appending is one transaction, so any number of processes may try. */
export function sqliteStorage({ file }: { readonly file: string }): Storage {
  const caps = { fencing: 'cas', unknown: 'stop', survives: { commit: 'power' }, ...most } as const
  const openWriter: Storage['openWriter'] = async () => {
    const writer = openLog(file, true)
    const { lastSeq } = await writer.stats()
    return { writer, recovery: { clean: true, created: lastSeq === 0, lastSeq, quarantined: [], adopted: [] } }
  }
  return { kind: 'sqlite', caps, openReader: async () => openLog(file, false), openWriter }
}

function openLog(file: string, writes: boolean): LogWriter {
  const db = new Database(file)
  db.exec(schema)
  let last: Promise<unknown> = Promise.resolve()
  const all = <T>(sql: string, ...values: unknown[]): T[] => {
    check(db.open, 'CLOSED', 'expected an open log, found it closed')
    return db.prepare(sql).all(...values) as T[]
  }
  const head = (): Head => all<Head>('select * from head')[0] as Head
  if (writes) all('update head set epoch = epoch + 1 returning *')
  const { epoch } = head()
  /** Runs in one transaction, and only while no newer writer has come. */
  const change = (body: (now: Head) => void): void => {
    head()
    db.transaction(() => {
      const now = head()
      check(now.epoch === epoch, 'FENCED', `expected to write in epoch ${epoch}, found epoch ${now.epoch}`)
      body(now)
    }).immediate()
  }
  async function* readTo(from: number, { firstSeq, lastSeq }: Head, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    check(from >= firstSeq, 'TRIMMED', `expected to read from ${firstSeq} on, found ${from}`)
    for (let next = from; next <= lastSeq && signal?.aborted !== true; ) {
      const found = all<Row>('select * from log where seq between ? and ? order by seq limit 256', next, lastSeq)
      const rows = found.filter((row) => row.epoch === found[0]?.epoch)
      check(found[0]?.seq === next, 'TRIMMED', `expected commit ${next}, found that it has been let go of`)
      const ptrs = rows.map(({ seq }) => seq)
      yield { firstSeq: next, epoch: found[0]?.epoch ?? 0, records: rows.map(bytesOf), ptrs }
      next += rows.length
    }
  }
  const fetchOne = (ptr: number): Uint8Array | undefined => {
    const table = ptr > basePtr ? 'base where row' : 'log where seq'
    return all<Row>(`select record from ${table} = ?`, ptr % basePtr).map(bytesOf)[0]
  }
  const insert = (records: readonly Uint8Array[], expectedSeq: number, durability: string) => {
    const bytes = Math.max(0, ...records.map((record) => record.byteLength))
    check(durability === 'commit', 'UNSUPPORTED', `expected the level commit, found ${durability}`)
    const fits = bytes <= most.maxRecordBytes && records.length <= most.maxBatchRecords
    check(fits, 'TOO_LARGE', `expected what caps allow, found ${records.length} records of up to ${bytes} bytes`)
    const ptrs = records.map((_, at) => expectedSeq + at + 1)
    change(({ lastSeq }) => {
      check(lastSeq === expectedSeq, 'CONFLICT', `expected the tail at ${expectedSeq}, found ${lastSeq}`)
      const row = db.prepare('insert into log values (?, ?, ?)')
      for (const [at, seq] of ptrs.entries()) row.run(seq, epoch, records[at])
      all('update head set lastSeq = ? returning *', expectedSeq + records.length)
    })
    return { lastSeq: expectedSeq + records.length, ptrs }
  }
  return {
    epoch,
    fetch: async (ptrs) => ptrs.map(fetchOne),
    read: (from, signal) => readTo(from, head(), signal),
    append(records, { expectedSeq, durability }) {
      const appended = last.then(() => insert(records, expectedSeq, durability))
      // Those called before this one has failed fail with it; later ones start anew.
      last = appended
      appended.catch(() => {
        if (last === appended) last = Promise.resolve()
      })
      return appended
    },
    async *follow(from, signal) {
      for (let next = from; !signal.aborted; await delay(10, undefined, { signal }).catch(() => undefined)) {
        for await (const batch of next > head().lastSeq ? [] : readTo(next, head(), signal)) {
          yield batch
          next = batch.firstSeq + batch.records.length
        }
      }
    },
    async loadBase() {
      const { upTo, before } = head()
      const rows = all<Row>('select * from base where row > ? order by row', before)
      const ptrs = rows.map(({ row }) => basePtr + row)
      const one = async function* () {
        yield { seqs: rows.map(({ seq }) => seq), records: rows.map(bytesOf), ptrs }
      }
      return upTo === null ? undefined : { upTo, chunks: one() }
    },
    async saveBase(upTo, chunks, { signal, breathe } = {}) {
      const rows: (number | Uint8Array | undefined)[][] = []
      for await (const { seqs, records } of chunks) {
        await breathe?.()
        check(signal?.aborted !== true, 'ABORTED', 'the base was aborted; the former one stands')
        rows.push(...seqs.map((seq, at) => [seq, records[at]]))
      }
      let ptrs: number[] = []
      change((now) => {
        const fits = upTo <= now.lastSeq && upTo >= (now.upTo ?? 0)
        check(fits, 'CONFLICT', `expected a base up to ${now.lastSeq}, found ${upTo}`)
        all('update head set upTo = ?, before = (select coalesce(max(row), 0) from base) returning *', upTo)
        const row = 'insert into base (seq, record) values (?, ?) returning row'
        ptrs = rows.flatMap((values) => all<Row>(row, ...values).map((one) => basePtr + one.row))
      })
      return ptrs
    },
    truncate: async (upTo) =>
      change((now) => {
        if (now.upTo === null || upTo > now.upTo) return
        all('delete from log where seq <= ? returning seq', upTo)
        all('delete from base where row <= ? returning row', now.before)
        all('update head set firstSeq = max(firstSeq, ?) returning *', upTo + 1)
      }),
    async stats() {
      const [size] = all<{ bytes: number }>('select sum(length(record)) as bytes from log')
      return { ...head(), bytes: size?.bytes ?? 0, segments: 1 }
    },
    async verify() {
      const { firstSeq, lastSeq, bytes } = await this.stats()
      const bad = all<{ quick_check: string }>('pragma quick_check').filter((row) => row.quick_check !== 'ok')
      const damage = bad.map((row) => ({ file, line: 1, byte: 0, reason: row.quick_check }))
      return { ok: bad.length === 0, commits: lastSeq - firstSeq + 1, bytes, unverified: 0, damage }
    },
    async close() {
      await last.catch(() => undefined)
      if (db.open) db.close()
    },
  }
}

const check = (holds: boolean, code: ErrorCode, message: string): void => {
  if (!holds) throw new StatewardError(code, message)
}
const bytesOf = ({ record }: Row): Uint8Array => new Uint8Array(record)
