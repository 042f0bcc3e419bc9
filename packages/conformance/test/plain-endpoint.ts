import { EventEmitter, once } from 'node:events'
import {
  type AskOptions,
  type Commit,
  compareValues,
  type Endpoint,
  fieldKind,
  limits,
  type MessageKind,
  type Protocol,
  type Query,
  type QueryAnswer,
  type Seq,
  StatewardError,
  type StoredRecord,
  type Watching,
  type WatchKind,
  type WriteOptions,
} from '@stateward/contract'
import { plainAggregate } from '../src/endpoint/plain-aggregate.ts'
import { plainQuery } from '../src/endpoint/plain-query.ts'
import { itemTimes } from '../src/endpoint/random-item.ts'
import { isCursorOperation, plainCursor } from './plain-cursor.ts'
import { checkField, checkId, checkList, checkQuery, checkWords, cursorOf, entityOf, refuse } from './plain-door.ts'
import { type Lives, PlainDraft } from './plain-draft.ts'
import { expectOf } from './plain-expectations.ts'
import { plainExplain } from './plain-explain.ts'
import { answerOf, operationsOf } from './plain-operations.ts'
import { livesAt, momentOf, plainDiff, plainHistory, plainUndo } from './plain-past.ts'
import { plainRelated } from './plain-related.ts'
import { plainResolve } from './plain-resolve.ts'
import { plainWatch } from './plain-watch.ts'

/** What outlives an endpoint. */
export class PlainStore {
  lives: Lives = new Map()
  readonly commits: Commit[] = []
  readonly answers: Map<string, unknown> = new Map()
  readonly changes: EventEmitter = new EventEmitter().setMaxListeners(0)
}

/** The fields of all messages; each holds some of them. */
interface Body extends Query, WriteOptions {
  readonly id: string
  readonly ids: readonly string[]
  readonly from?: Seq
  readonly field: string
  readonly by?: string
  readonly query: Query
  readonly reason?: string
  readonly expect?: unknown
}

/** Which moment is read. */
type At = Pick<Query, 'snapshot' | 'asOf'>

/** Answers every message, as slowly and obviously as can be. What is broken on purpose is derived from it. */
export class PlainEndpoint implements Endpoint {
  readonly store: PlainStore
  readonly snapshots: Map<string, { readonly lives: Lives; readonly seq: Seq }> = new Map()
  readonly Draft: new (
    before: Lives,
  ) => PlainDraft
  closed = false
  tail: Promise<unknown> = Promise.resolve()
  opened = 0

  constructor(store: PlainStore, Draft: new (before: Lives) => PlainDraft = PlainDraft) {
    this.store = store
    this.Draft = Draft
  }

  get lastSeq(): Seq {
    return this.store.commits.length
  }

  async ask<K extends MessageKind>(
    kind: K,
    body: Protocol[K]['ask'],
    options: AskOptions = {},
  ): Promise<Protocol[K]['answer']> {
    if (this.closed) throw new StatewardError('CLOSED', 'closed')
    if (options.signal?.aborted) throw new StatewardError('ABORTED', 'aborted')
    // What is asked and what is answered is one union each here; the contract pairs them.
    return this.answer(kind, body as unknown as Body) as Promise<Protocol[K]['answer']>
  }

  async answer(kind: MessageKind, body: Body): Promise<unknown> {
    if (
      ['create', 'update', 'delete', 'restore', 'createMany', 'updateMany', 'deleteMany', 'transact'].includes(kind)
    ) {
      return this.queued(() => this.write(kind, body))
    }
    switch (kind) {
      case 'get':
        return this.records(body, body.type).get(checkId(body.id))
      case 'getMany':
        return checkList(body.ids).map((id) => this.records(body, body.type).get(checkId(id)))
      case 'query':
        return this.query(body)
      case 'count':
        return this.query(body).rows.length
      case 'groupBy':
        return this.groupBy(body)
      case 'aggregate':
        return plainAggregate(this.query(body.query).rows, body.by, itemTimes)
      case 'explain':
        return plainExplain(body, (query) => this.query(query))
      case 'history':
        return this.history(body.type, checkId(body.id), body.from ?? 1)
      case 'resolveId':
        return plainResolve(this.store.lives, body)
      case 'asOf':
        return momentOf(this.store.commits, body as never)
      case 'diff':
        return plainDiff(this.store.commits, body as never)
      case 'undo':
        return this.undo(body)
      case 'snapshot':
        return this.snapshot()
      case 'release':
        this.snapshots.delete(String(body.snapshot))
        return null
      case 'stats':
        return this.stats()
      case 'verify':
        return { ok: true, storage: { ok: true }, indexes: [], records: this.live().length }
      case 'compact':
        return this.queued(async () => ({
          upTo: this.lastSeq,
          records: this.live().length,
          bytesBefore: 1,
          bytesAfter: 1,
        }))
      case 'flush':
        return this.queued(async () => ({ lastSeq: this.lastSeq }))
      default:
        return refuse('UNSUPPORTED', `no message ${kind}`)
    }
  }

  undo({ seq, ...rest }: Body & { readonly seq?: Seq }): Promise<unknown> {
    return this.queued(() => {
      const operations = plainUndo(this.store.commits, this.store.lives, seq ?? -1)
      return this.write('transact', { ...rest, operations } as never)
    })
  }

  queued<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.tail.then(work)
    this.tail = mine.catch(() => undefined)
    return mine
  }

  async write(kind: MessageKind, body: Body): Promise<unknown> {
    checkWords(body)
    if (body.durability !== undefined && body.durability !== 'commit') refuse('UNSUPPORTED', 'less than commit')
    const known = body.txid === undefined ? undefined : this.store.answers.get(body.txid)
    if (known !== undefined) return known
    const draft = new this.Draft(this.store.lives)
    expectOf(draft, body.expect ?? [])
    const results = []
    for (const [row, one] of operationsOf(kind, body).entries()) {
      results.push(isCursorOperation(one) ? plainCursor(draft, one, this.lastSeq) : await draft.step(one))
      if (kind.endsWith('Many')) draft.checkUnique(row)
    }
    draft.checkUnique()
    this.commit(draft, kind, body)
    const answer = answerOf(kind, results, this.lastSeq)
    if (body.txid !== undefined) this.store.answers.set(body.txid, answer)
    return answer
  }

  commit(draft: PlainDraft, kind: MessageKind, body: Body): void {
    const changes = draft.changes()
    const bytes = JSON.stringify(changes).length
    if (kind === 'transact' && bytes > limits.commitBytes) refuse('TOO_LARGE', 'a long commit')
    this.store.lives = draft.lives
    const share = Math.ceil(changes.length / Math.max(1, Math.ceil(bytes / limits.bulkCommitBytes)))
    const { actor, reason, txid } = body
    for (let at = 0; at < changes.length; at += kind.endsWith('Many') ? share : changes.length) {
      const part = kind.endsWith('Many') ? changes.slice(at, at + share) : changes
      this.store.commits.push({
        seq: this.lastSeq + 1,
        timestamp: draft.now,
        changes: part,
        ...(actor && { actor }),
        ...(txid && { txid }),
        ...(reason && { force: reason }),
      })
    }
    this.store.changes.emit('change')
  }

  live(lives: Lives = this.store.lives): { type: string; record: StoredRecord }[] {
    return [...lives.values()].flatMap(({ record, type }) => (record === undefined ? [] : [{ type, record }]))
  }

  records(at: At, type: string): Map<string, StoredRecord> {
    entityOf(type)
    const own = this.live(this.viewAt(at).lives).filter((one) => one.type === type)
    return new Map(own.map(({ record }) => [record.id, record]))
  }

  viewAt({ snapshot, asOf }: At): { readonly lives: Lives; readonly seq: Seq } {
    if (asOf === undefined) return this.view(snapshot)
    if (snapshot !== undefined) refuse('INVALID', 'two moments')
    return { lives: livesAt(this.store.commits, asOf), seq: asOf }
  }

  view(snapshot: string | undefined): { readonly lives: Lives; readonly seq: Seq } {
    if (snapshot === undefined) return { lives: this.store.lives, seq: this.lastSeq }
    return this.snapshots.get(snapshot) ?? refuse('NOT_FOUND', 'no snapshot')
  }

  query(query: Query): QueryAnswer {
    const entity = checkQuery(query)
    const { cursor, limit, include, ...rest } = query
    const { orderBy = [] } = rest
    const sorted = plainQuery([...this.records(query, query.type).values()], rest, entity.times)
    const start = cursor === undefined ? undefined : cursorOf(cursor, rest)
    const behind = (row: StoredRecord): boolean => {
      for (const [field, direction] of orderBy) {
        const order = compareValues(row[field], start?.[field], fieldKind(entity, field))
        if (order !== 0) return direction === 'asc' ? order > 0 : order < 0
      }
      return row.id > String(start?.id)
    }
    const rows = start === undefined ? sorted : sorted.filter(behind)
    const { seq } = this.viewAt(query)
    const page = rows.slice(0, limit)
    const related = plainRelated(entity, include, page, (type) => this.records(query, type))
    if (page.length === rows.length) return { rows, seq, ...related }
    return { rows: page, seq, ...related, cursor: Buffer.from(JSON.stringify([rest, page.at(-1)])).toString('base64') }
  }

  groupBy({ field, query }: { field: string; query: Query }): unknown {
    checkField(checkQuery(query), field)
    return this.query(query).rows.map((row) => ({ count: 1, ...(row[field] !== undefined && { value: row[field] }) }))
  }

  history(type: string, id: string, from: Seq): Protocol['history']['answer'] {
    return plainHistory(this.store.commits, { type, id, from })
  }

  snapshot(): Protocol['snapshot']['answer'] {
    if (this.snapshots.size >= limits.openSnapshots) refuse('BUSY', 'too many')
    this.opened += 1
    const snapshot = `s${this.opened}`
    this.snapshots.set(snapshot, { lives: this.store.lives, seq: this.lastSeq })
    return { snapshot, seq: this.lastSeq, records: this.live().length }
  }

  stats(): unknown {
    const recordsByType: Record<string, number> = {}
    for (const { type } of this.live()) recordsByType[type] = (recordsByType[type] ?? 0) + 1
    return {
      firstSeq: 1,
      lastSeq: this.lastSeq,
      records: this.live().length,
      recordsByType,
      segments: 1,
      bytes: this.lastSeq,
      commits: this.lastSeq,
      cache: { bytes: 0, maxBytes: 0 },
      indexes: [{ type: 'item', name: 'n', entries: 0, bytes: 0 }],
      durability: 'commit',
      health: 'ok',
    }
  }

  async *follow(from: Seq, signal: AbortSignal): AsyncGenerator<readonly Commit[]> {
    if (this.closed) throw new StatewardError('CLOSED', 'closed')
    let next = from
    while (!signal.aborted && !this.closed) {
      const commits = this.store.commits.slice(next - 1)
      next += commits.length
      if (commits.length > 0) yield commits
      else await once(this.store.changes, 'change', { signal }).catch(() => undefined)
    }
  }

  watch<K extends WatchKind>(
    kind: K,
    body: Watching[K]['ask'],
    signal: AbortSignal,
  ): AsyncIterable<Watching[K]['item']> {
    if (this.closed) throw new StatewardError('CLOSED', 'closed')
    const commits = this.follow(1, signal)
    return plainWatch({ kind, body, lastSeq: this.lastSeq, commits }, (query) => this.query(query))
  }

  async close(): Promise<void> {
    this.closed = true
    this.store.changes.emit('change')
    await this.tail
  }
}
