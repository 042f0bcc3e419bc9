import type { Deleted, OrderBy, Query, Seq, Storage, StoredRecord, Where } from '@stateward/contract'
import { expect } from 'vitest'
import type { CheckpointOptions } from '../src/recovery/checkpoint-options.ts'
import { linkIds, planIds, taskIds } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { compareOutcome, settled } from './compare-outcome.ts'
import { Follower } from './follower.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { type Call, ModelStore } from './model-store.ts'
import { matches, sorted } from './naive-query.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { same } from './same.ts'

export type Step =
  | {
      readonly do: 'calls' | 'compact beside'
      readonly calls: readonly { readonly call: Call; readonly hasTxid: boolean }[]
    }
  | { readonly do: 'clock'; readonly ms: number }
  | { readonly do: 'query'; readonly where: Where; readonly orderBy: OrderBy[]; readonly limit: number }
  | { readonly do: 'repeat'; readonly pick: number }
  | { readonly do: 'compact' | 'reopen' | 'snapshot' }

interface Done {
  readonly call: Call
  readonly txid: string
  readonly seq: Seq
  /** `undefined` once the store was opened again and has it from the log only. */
  answer: readonly (StoredRecord | Deleted)[] | undefined
}

const ids: Readonly<Record<string, readonly string[]>> = { plan: planIds, task: taskIds, link: linkIds }

/** A store beside its model: carries out steps on both, and compares. */
export class ModelWorld {
  readonly #model = new ModelStore()
  readonly #storage: Storage
  readonly #time: ManualTime = manualTime()
  readonly #cacheBytes: number | undefined
  readonly #checkpoints: { readonly checkpoints?: CheckpointOptions }
  readonly #done: Done[] = []
  #state: TinyState | undefined
  #follower: Follower | undefined
  #snapshot: { readonly name: string; readonly records: Readonly<Record<string, StoredRecord[]>> } | undefined
  #txids = 0

  constructor(storage: Storage, cacheBytes?: number, checkpoints?: CheckpointOptions) {
    this.#storage = storage
    this.#cacheBytes = cacheBytes
    this.#checkpoints = checkpoints === undefined ? {} : { checkpoints }
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.#open()
    for (const step of steps) await this.#step(step)
    await this.#compareSnapshot()
    await this.#compareAll()
    await this.#reopen()
    await this.#compareAll()
    await this.#close()
  }

  get #opened(): TinyState {
    if (this.#state === undefined) throw new Error('the store is not open')
    return this.#state
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'calls':
        return this.#calls(step.calls)
      case 'clock':
        this.#time.at += step.ms
        return
      case 'query':
        return this.#query(step)
      case 'repeat':
        return this.#repeat(step.pick)
      case 'compact': {
        const report = await this.#opened.compact()
        expect(report.upTo).toBe(this.#model.lastSeq)
        return
      }
      case 'compact beside': {
        const compacting = this.#opened.compact()
        // In several groups, so that some of them come before the base is written, and some after.
        for (const call of step.calls) await this.#calls([call])
        await compacting
        return
      }
      case 'reopen':
        return this.#reopen()
      case 'snapshot':
        return this.#turnSnapshot()
      default:
        step satisfies never
    }
  }

  /** All of them without waiting in between, so that several commits are under way at once. */
  async #calls(calls: readonly { readonly call: Call; readonly hasTxid: boolean }[]): Promise<void> {
    const asked = calls.map(({ call, hasTxid }) => {
      const before = this.#model.lastSeq
      const outcome = this.#model.write(call, this.#time.text)
      const txid = hasTxid ? `txid ${++this.#txids}` : undefined
      // What changed nothing is not in the log, and its txid neither.
      if (txid !== undefined && 'results' in outcome && this.#model.lastSeq > before)
        this.#done.push({ call, txid, seq: this.#model.lastSeq, answer: outcome.results })
      return { call, outcome, answering: settled(askCall(this.#opened, call, txid)) }
    })
    for (const { call, outcome, answering } of asked) compareOutcome(call, await answering, outcome)
  }

  async #repeat(pick: number): Promise<void> {
    const done = this.#done[pick % Math.max(1, this.#done.length)]
    if (done === undefined) return
    const { lastSeq } = this.#model
    const answer = await askCall(this.#opened, done.call, done.txid)
    same(answer, done.answer ?? this.#toldByLog(done, answer), () => `${done.txid} asked again`)
    expect((await this.#opened.stats()).lastSeq).toBe(lastSeq)
  }

  /** What the log can tell of a write: what it left of each record. */
  #toldByLog({ call, seq }: Done, answer: readonly (StoredRecord | Deleted)[]): readonly (StoredRecord | Deleted)[] {
    const ops = call.kind === 'one' ? [call.op] : call.ops
    return ops.map((op, at) => {
      const id = op.op === 'create' ? String(op.data.id) : op.id
      const version = this.#model.at(seq, op.type, id)
      if (version !== undefined) return version.record ?? { id, rev: version.rev }
      const head = this.#model.heads.get(`${op.type}\0${id}`)
      return head?.record ?? { id, rev: head?.rev ?? (answer[at]?.rev as number) }
    })
  }

  async #query({ where, orderBy, limit }: Extract<Step, { do: 'query' }>): Promise<void> {
    await this.#compareQuery(this.#model.live('task'), { where, orderBy, limit })
    if (this.#snapshot !== undefined)
      await this.#compareQuery(this.#snapshot.records.task ?? [], {
        where,
        orderBy,
        limit,
        snapshot: this.#snapshot.name,
      })
  }

  async #compareQuery(
    records: readonly StoredRecord[],
    given: { where: Where; orderBy: OrderBy[]; limit: number; snapshot?: string },
  ): Promise<void> {
    const { limit, ...query } = { type: 'task', ...given }
    const expected = sorted(
      records.filter((record) => matches(record, query.where)),
      query.orderBy,
    )
    const told = () => JSON.stringify(given)
    same((await this.#opened.ask('query', query)).rows, expected, told)
    same(await this.#opened.ask('count', query), expected.length, told)
    if (given.snapshot === undefined) this.#compareView(query, expected)
    const paged: StoredRecord[] = []
    let cursor: string | undefined
    do {
      const page = await this.#opened.ask('query', { ...query, limit, ...(cursor === undefined ? {} : { cursor }) })
      paged.push(...page.rows)
      cursor = page.cursor
    } while (cursor !== undefined)
    same(paged, expected, () => `pages of ${told()}`)
    const groups = await this.#opened.ask('groupBy', { query, field: 'n' })
    same(
      groups.map(({ count }) => count).reduce((sum, count) => sum + count, 0),
      expected.length,
      told,
    )
    for (const { value, count } of groups) same(expected.filter(({ n }) => n === value).length, count, told)
  }

  #compareView({ where, orderBy }: Omit<Query, 'type'>, expected: readonly StoredRecord[]): void {
    let view = this.#opened.view.task.where(where ?? {})
    for (const [field, direction] of orderBy ?? []) view = view.orderBy(field, direction)
    const told = () => `the view of ${JSON.stringify(view)}`
    same(view.all(), expected, told)
    same(view.limit(2).all(), expected.slice(0, 2), told)
    same(view.first(), expected[0], told)
    same(view.count(), expected.length, told)
    for (const { value, count } of view.groupBy('n')) same(expected.filter(({ n }) => n === value).length, count, told)
  }

  async #turnSnapshot(): Promise<void> {
    if (this.#snapshot !== undefined) {
      await this.#compareSnapshot()
      await this.#opened.ask('release', { snapshot: this.#snapshot.name })
      this.#snapshot = undefined
      return
    }
    const { snapshot, seq, records } = await this.#opened.ask('snapshot', {})
    const held = Object.fromEntries(Object.keys(ids).map((type) => [type, this.#model.live(type)]))
    expect(seq).toBe(this.#model.lastSeq)
    expect(records).toBe(Object.values(held).flat().length)
    this.#snapshot = { name: snapshot, records: held }
  }

  async #compareSnapshot(): Promise<void> {
    if (this.#snapshot === undefined) return
    for (const [type, records] of Object.entries(this.#snapshot.records))
      await this.#compareRecords(type, records, this.#snapshot.name)
  }

  async #compareRecords(type: string, records: readonly StoredRecord[], snapshot?: string): Promise<void> {
    const more = snapshot === undefined ? {} : { snapshot }
    same((await this.#opened.ask('query', { type, ...more })).rows, records)
    const known = ids[type] ?? []
    const wanted = known.map((id) => records.find((record) => record.id === id))
    same(await this.#opened.ask('getMany', { type, ids: known, ...more }), wanted)
    same(await Promise.all(known.map((id) => this.#opened.ask('get', { type, id, ...more }))), wanted)
    same(await this.#opened.ask('count', { type, ...more }), records.length)
  }

  async #compareAll(): Promise<void> {
    for (const type of Object.keys(ids)) await this.#compareRecords(type, this.#model.live(type))
    const verified = await this.#opened.verify()
    expect(verified.indexes.filter(({ ok }) => !ok)).toEqual([])
    expect(verified.ok).toBe(true)
    const stats = await this.#opened.stats()
    expect(stats.lastSeq).toBe(this.#model.lastSeq)
    expect(stats.recordsByType).toMatchObject(
      Object.fromEntries(Object.keys(ids).map((type) => [type, this.#model.live(type).length])),
    )
    await this.#compareHistory()
    await this.#compareCommits()
  }

  async #compareHistory(): Promise<void> {
    for (const [type, known] of Object.entries(ids)) {
      for (const id of known) {
        const { versions } = await this.#opened.ask('history', { type, id })
        const expected = this.#model.versions.filter((one) => one.type === type && one.id === id)
        const found = versions.map(({ seq, change, record }) => ({ seq, type, id, rev: change.rev, record }))
        same(found, expected, () => `the history of ${type} ${id}`)
      }
    }
  }

  /** What followers heard is every commit once, in order, and adds up to the state. */
  async #compareCommits(): Promise<void> {
    await this.#follower?.reached(this.#model.lastSeq)
    const commits = this.#follower?.commits ?? []
    same(
      commits.map(({ seq }) => seq),
      Array.from({ length: this.#model.lastSeq }, (_, at) => at + 1),
    )
    const folded = new Map<string, object>()
    for (const { changes } of commits) {
      for (const change of changes) {
        const key = `${change.type}\0${change.id}`
        if (change.op === 'delete') folded.delete(key)
        else if (change.op === 'put') folded.set(key, { ...change.data, rev: change.rev })
        else {
          const merged: Record<string, unknown> = { ...folded.get(key), ...change.changes, rev: change.rev }
          for (const field of change.unset) delete merged[field]
          folded.set(key, merged)
        }
      }
    }
    const live = [...this.#model.heads].flatMap(([key, { record }]) =>
      record === undefined ? [] : [[key, record] as const],
    )
    same(folded, new Map(live), () => 'the commits add up to the state')
  }

  async #open(): Promise<void> {
    const memory = this.#cacheBytes === undefined ? {} : { memory: { cacheBytes: this.#cacheBytes } }
    const { state } = await openTiny({ storage: this.#storage, time: this.#time, ...memory, ...this.#checkpoints })
    this.#state = state
    this.#follower = new Follower(state, 1)
    for (const done of this.#done) done.answer = undefined
  }

  async #close(): Promise<void> {
    await this.#compareCommits()
    this.#snapshot = undefined
    await this.#follower?.stop()
    await this.#opened.close()
  }

  async #reopen(): Promise<void> {
    await this.#close()
    await this.#open()
  }
}
