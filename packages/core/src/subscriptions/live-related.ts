import {
  type Entity,
  type LiveUpdate,
  limits,
  type RelatedRow,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { type Target, targetOf, targetsOf } from '../deciding/targets.ts'
import { recordKey } from '../records/record-key.ts'
import { asRefusal } from '../validation/check.ts'
import type { LiveQuery } from './live-query.ts'
import type { LiveReader, LiveResult } from './live-reader.ts'
import type { LiveConsumer } from './live-watcher.ts'

/** Where what rows lead to is found, and heard of. */
export interface RelatedSource {
  readonly entity: Entity
  /** The records as of now, in the order given: at once where all are in memory. */
  readonly records: (
    targets: readonly Target[],
  ) => readonly (StoredRecord | undefined)[] | Promise<readonly (StoredRecord | undefined)[]>
  readonly watch: (key: string, related: LiveRelated) => void
  readonly unwatch: (key: string, related: LiveRelated) => void
  /** Of the newest commit that was told. */
  readonly seq: () => Seq
  /** `flush` is to be called when the group of commits that is being told has been told to all; `false`: now. */
  readonly waits: (related: LiveRelated) => boolean
}

interface Held {
  readonly target: Target
  record: StoredRecord | undefined
  /** Whether `record` is what it is as of now. */
  isKnown: boolean
  readonly rows: Set<string>
}

type Changes = Extract<LiveUpdate, { kind: 'changes' }>['changes']

/**
 * The rows of a live query, each with what it leads to. Holds each related record once, and hears of it by its id; so a change costs
 * the rows that lead to it, whatever the size of the result. What is not in memory is read before the rows that need it are told.
 */
export class LiveRelated implements LiveConsumer, LiveResult<RelatedRow> {
  readonly readers: Set<LiveReader<RelatedRow>> = new Set()
  readonly #include: readonly string[]
  readonly #rows: LiveQuery
  readonly #source: RelatedSource
  readonly #onEnd: () => void
  readonly #held = new Map<string, Held>()
  readonly #keysOf = new Map<string, readonly string[]>()
  /** Records that were not known, or changed, since the last update. */
  readonly #unknown = new Set<Held>()
  readonly #changed = new Set<Held>()
  #waiting: Changes[number][] = []
  #isBegun = false
  #isReading = false
  #isOver = false
  #seq: Seq = 0

  constructor(rows: LiveQuery, include: readonly string[], source: RelatedSource, onEnd: () => void) {
    this.#rows = rows
    this.#include = include
    this.#source = source
    this.#onEnd = onEnd
  }

  get seq(): Seq {
    return this.#seq
  }

  /** `undefined` as long as not all of it is known as of one commit. */
  get rows(): readonly RelatedRow[] | undefined {
    if (!this.#isSteady || this.#waiting.length > 0) return undefined
    return this.#rows.rows?.map((row) => this.#withRelated(row))
  }

  get #isSteady(): boolean {
    return this.#isBegun && !this.#rows.isLoading && this.#unknown.size === 0 && !this.#isReading
  }

  /** The rows are known, or known anew. */
  ready(): void {
    this.#guarded(() => {
      if (!this.#isBegun) for (const row of this.#rows.rows ?? []) this.#lead(row)
      this.#isBegun = true
      this.#soon()
    })
  }

  tell({ changes }: { readonly changes: Changes }): void {
    this.#guarded(() => {
      for (const change of changes) {
        if (change.op === 'leave') this.#forget(change.id)
        else this.#lead(change.record)
        this.#waiting.push(change)
      }
      this.#soon()
    })
  }

  end(error?: StatewardError): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const key of this.#held.keys()) this.#source.unwatch(key, this)
    for (const reader of this.readers) reader.end(error)
    this.#onEnd()
  }

  /** A commit has made this of a record that some row leads to. */
  related(key: string, after: StoredRecord | undefined): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    held.record = after
    held.isKnown = true
    this.#unknown.delete(held)
    this.#changed.add(held)
  }

  /** The state is another one: nothing that is held can be relied on. */
  reopened(): void {
    for (const held of this.#held.values()) {
      held.isKnown = false
      this.#unknown.add(held)
      this.#changed.add(held)
    }
  }

  /** Tells what is different, if all of it is known. */
  flush(): void {
    if (this.#isOver || this.#rows.isLoading || !this.#isBegun || this.#isReading) return
    this.#guarded(() => {
      if (this.#unknown.size > 0 && !this.#read()) return
      this.#seq = this.#source.seq()
      const changes = [...this.#waiting.map((change) => this.#withRelatedIn(change)), ...this.#ofRelated()]
      this.#waiting = []
      this.#changed.clear()
      if (changes.length === 0) for (const reader of this.readers) reader.ready()
      else {
        const update = Object.freeze({ kind: 'changes', seq: this.#seq, changes: Object.freeze(changes) })
        for (const reader of this.readers) reader.tell(update)
      }
    })
  }

  /** What fails here is the end of this one, and not of the rows, which others may read. */
  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.end(asRefusal(error))
    }
  }

  #soon(): void {
    if (!this.#source.waits(this)) this.flush()
  }

  /** Whether all that was not known is known now; else this flushes when it is. */
  #read(): boolean {
    const wanted = [...this.#unknown]
    this.#unknown.clear()
    const found = this.#source.records(wanted.map(({ target }) => target))
    if (!(found instanceof Promise)) {
      this.#known(wanted, found)
      return true
    }
    this.#isReading = true
    found.then(
      (records) => {
        this.#isReading = false
        this.#known(wanted, records)
        this.flush()
      },
      (error: unknown) => this.end(asRefusal(error)),
    )
    return false
  }

  /** What a commit has made of a record meanwhile is newer. */
  #known(wanted: readonly Held[], records: readonly (StoredRecord | undefined)[]): void {
    for (const [at, held] of wanted.entries()) {
      if (held.isKnown) continue
      held.record = records[at]
      held.isKnown = true
    }
  }

  #ofRelated(): Extract<LiveUpdate<RelatedRow>, { kind: 'changes' }>['changes'][number][] {
    const changed = new Set<string>()
    for (const { rows } of this.#changed) for (const id of rows) changed.add(id)
    return [...changed].flatMap((id) => {
      const at = this.#rows.placeOf(id)
      const row = this.#rows.rowAt(at)
      return row === undefined ? [] : [{ op: 'change' as const, at, record: this.#withRelated(row) }]
    })
  }

  #withRelatedIn(change: Changes[number]): Extract<LiveUpdate<RelatedRow>, { kind: 'changes' }>['changes'][number] {
    return change.op === 'leave' ? change : { ...change, record: this.#withRelated(change.record) }
  }

  #withRelated(record: StoredRecord): RelatedRow {
    const { entity } = this.#source
    const one = (field: string, value: unknown): StoredRecord | undefined => {
      const target = targetOf(entity, field, record, value)
      return target === undefined ? undefined : this.#held.get(recordKey(target.type, target.id))?.record
    }
    const related = this.#include.map((field) => {
      const value: unknown = record[field]
      return [field, Array.isArray(value) ? value.map((item) => one(field, item)) : one(field, value)] as const
    })
    return Object.freeze({ record, related: Object.freeze(Object.fromEntries(related)) })
  }

  /** A row leads to these records now, and to no others. */
  #lead(row: StoredRecord): void {
    const before = this.#keysOf.get(row.id) ?? []
    const keys: string[] = []
    for (const target of targetsOf(this.#source.entity, this.#include, [row])) {
      const key = recordKey(target.type, target.id)
      keys.push(key)
      this.#hold(key, target).rows.add(row.id)
    }
    this.#keysOf.set(row.id, keys)
    for (const key of before) if (!keys.includes(key)) this.#release(key, row.id)
  }

  #forget(id: string): void {
    for (const key of this.#keysOf.get(id) ?? []) this.#release(key, id)
    this.#keysOf.delete(id)
  }

  #hold(key: string, target: Target): Held {
    const known = this.#held.get(key)
    if (known !== undefined) return known
    const held: Held = { target, record: undefined, isKnown: false, rows: new Set() }
    if (this.#held.size >= limits.liveRows) throw tooManyRelated(this.#rows.query.type)
    this.#held.set(key, held)
    this.#unknown.add(held)
    this.#source.watch(key, this)
    return held
  }

  #release(key: string, row: string): void {
    const held = this.#held.get(key)
    held?.rows.delete(row)
    if (held === undefined || held.rows.size > 0) return
    this.#held.delete(key)
    this.#unknown.delete(held)
    this.#changed.delete(held)
    this.#source.unwatch(key, this)
  }
}

function tooManyRelated(type: string): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected the rows of a live query of ${type} to lead to at most ${limits.liveRows} records, found more; give it a limit, or a narrower filter`,
    { details: { type, most: limits.liveRows } },
  )
}
