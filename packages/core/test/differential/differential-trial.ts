import { deepStrictEqual } from 'node:assert/strict'
import type { Entity, Operation, Query, QueryAnswer, StoredRecord } from '@stateward/contract'
import { checkQuery, topK } from '@stateward/query'
import { memoryStorage } from '@stateward/storage-memory'
import { slowAnswer } from '../../../query/test/slow-answer.ts'
import { checkIndexes } from '../../src/integrity/check-indexes.ts'
import { IndexRebuilder } from '../../src/integrity/index-rebuilder.ts'
import { createStateManager, type State } from '../../src/manager/create-state-manager.ts'
import { runExplain } from '../../src/querying/explain-query.ts'
import { PlanCache } from '../../src/querying/plan-cache.ts'
import type { QueryGround } from '../../src/querying/query-ground.ts'
import { runQuery } from '../../src/querying/run-query.ts'
import { countNow, groupByNow, queryNow } from '../../src/querying/run-query-now.ts'
import { Live, type LiveType } from '../../src/state/live.ts'
import { readNow } from '../../src/state/read-now.ts'
import { readAll } from '../../src/state/read-records.ts'
import { LiveView } from '../../src/state/read-view.ts'
import { damageAtRandom } from './damage-at-random.ts'
import type { Dice } from './dice.ts'
import { ids, type RandomDomain, randomDomain, randomFields, randomValue } from './random-domain.ts'
import { randomQuery } from './random-query.ts'

const queriesPerHistory = 40
const batches = 8

/** A store of a random type behind a random history, whose queries are answered in several ways. */
export class DifferentialTrial {
  readonly #dice: Dice
  readonly #state: State<RandomDomain>
  readonly #live: Live
  readonly #type: LiveType
  readonly #entity: Entity
  readonly #queries: readonly Query[]
  readonly #plans = new PlanCache()
  readonly #unindexed: LiveType
  readonly #offPlans = new PlanCache()
  #rows: readonly StoredRecord[] = []
  /** Queries that the planner has answered, each page one, whose answers were compared. */
  compared = 0
  /** Those among the questions that were answered by an intersection. */
  intersected = 0

  private constructor(dice: Dice, state: State<RandomDomain>, live: Live) {
    this.#dice = dice
    this.#state = state
    this.#live = live
    this.#type = live.type('row')
    this.#unindexed = { ...this.#type, indexes: [] }
    this.#entity = state.domain.entities.row
    this.#queries = dice.many(queriesPerHistory, () => randomQuery(dice)).filter((one) => this.#isAccepted(one))
  }

  static async open(dice: Dice): Promise<DifferentialTrial> {
    const state = await createStateManager({
      storage: memoryStorage(),
      domain: randomDomain(dice),
      // A bound that nothing comes near: what is dropped stays so.
      memory: { cacheBytes: dice.once(16) ? 2_000 : 1_000_000, maxBytes: 1_000_000_000 },
      ...({ compaction: false, checkpoints: false, reopening: 'manual', indexCheck: false, observe: false } as const),
    })
    return new DifferentialTrial(dice, state, await liveOf(state))
  }

  async run(): Promise<number> {
    this.#look()
    for (let at = 0; at < batches; at++) {
      await this.#write(at === 0 ? 12 : 1 + this.#dice.below(6))
      if (this.#dice.once(16)) await this.#state.compact()
      if (at === batches - 3) this.#drop()
      for (const query of this.#queries) this.#compareSound(query)
    }
    await this.#askedWithPromises()
    await this.#restored()
    await this.#damaged()
    await this.#state.close()
    return this.compared
  }

  #isAccepted(query: Query): boolean {
    try {
      checkQuery(query, this.#entity)
      return true
    } catch {
      return false
    }
  }

  async #write(many: number): Promise<void> {
    const dice = this.#dice
    const there = new Set(this.#rows.map(({ id }) => id))
    const operations = dice.many(many, (): Operation => {
      const id = dice.one(ids)
      const parent = [...there][dice.below(there.size + 1)]
      const own = { ...randomFields(dice), ...(parent !== undefined && dice.once(2) ? { p: parent } : {}) }
      const data = dice.once(6) ? { ...own, toString: randomValue(dice, 's') } : own
      if (!there.has(id)) {
        there.add(id)
        return { op: 'create', type: 'row', data: { ...data, id } }
      }
      if (!dice.once(4)) return { op: 'update', type: 'row', id, changes: data }
      there.delete(id)
      return { op: 'delete', type: 'row', id }
    })
    await this.#state.transact(operations as never)
    this.#look()
  }

  /** Reads every record by its id, which no index of the type is asked for. */
  #look(): void {
    const found: readonly unknown[] = this.#state.view.row.getMany([...ids])
    this.#rows = (found as readonly (StoredRecord | undefined)[]).filter((row) => row !== undefined)
  }

  #ground(type: LiveType, plans: PlanCache): QueryGround {
    const live = this.#live
    const view = new LiveView(live)
    const ground = {
      view,
      type,
      entity: this.#entity,
      live,
      plans,
      breathe: async () => undefined,
      monotonicMs: () => 0,
    }
    // What is watched goes the long way, of many records or cold ones, though these are few.
    return this.#dice.once(2) ? ground : { ...ground, metered: { readAll, readNow, topK, view: (watched) => watched } }
  }

  #compareSound(query: Query): void {
    if (this.#compare(query).degraded) throw new Error(`${JSON.stringify(query)}: degraded, and nothing is damaged`)
  }

  /** By the planner, by a scan of all records as the store makes it without indexes, and by the words of the language. */
  #compare(query: Query): { readonly degraded: boolean } {
    const expected = slowAnswer(query, this.#rows, this.#entity)
    const own = this.#ground(this.#type, this.#plans)
    if (runExplain(own, query).plan.kind === 'intersection') this.intersected++
    const off = this.#ground(this.#unindexed, this.#offPlans)
    const first = this.#comparePages(own, query, expected)
    const { limit: _, orderBy: __, ...unordered } = query
    if (this.#dice.once(4)) {
      const { rows } = queryNow(off, { ...query, limit: ids.length })
      sameRows(rows, expected, () => `${JSON.stringify(query)}, without indexes`)
    }
    if (countNow(own, unordered) !== expected.length)
      throw new Error(`${JSON.stringify(query)}: the count is not ${expected.length}`)
    this.compared += 2
    if (this.#dice.once(16)) this.#compareGroups(own, off, unordered)
    return { degraded: first.degraded ?? false }
  }

  /** Every page is a query of its own. */
  #comparePages(ground: QueryGround, query: Query, expected: readonly StoredRecord[]): QueryAnswer {
    const { limit = ids.length } = query
    const first = queryNow(ground, query)
    let page = first
    for (let from = 0; ; from += limit) {
      const said = (): string =>
        `${JSON.stringify(query)}, from row ${from}, by ${JSON.stringify(runExplain(ground, query).plan)}`
      sameRows(page.rows, expected.slice(from, from + limit), said)
      if ((page.cursor !== undefined) !== expected.length > from + limit) throw new Error(`${said()}: cursor`)
      if (page.cursor === undefined) return first
      page = queryNow(ground, { ...query, cursor: page.cursor })
      this.compared++
    }
  }

  #compareGroups(own: QueryGround, off: QueryGround, query: Query): void {
    const field = this.#dice.one(['s', 'n', 't', 'x', 'l'])
    deepStrictEqual(groupByNow(own, query, field), groupByNow(off, query, field))
    this.compared++
  }

  async #askedWithPromises(): Promise<void> {
    for (const query of this.#queries.slice(0, 8)) {
      const { rows } = await this.#state.ask('query', query)
      const expected = slowAnswer(query, this.#rows, this.#entity).slice(0, query.limit)
      sameRows(rows, expected, () => `${JSON.stringify(query)}, asked with a promise`)
      const found = await runQuery(this.#ground(this.#type, this.#plans), query)
      sameRows(found.rows, expected, () => `${JSON.stringify(query)}, asked with a promise on a ground of its own`)
    }
  }

  /** Some indexes are not kept in memory any more: answers stay right, and nothing is degraded. */
  #drop(): void {
    const { kept, rows } = this.#type
    for (const index of kept.all) if (this.#dice.once(4)) kept.drop(index, { bytes: 1, records: rows.size })
  }

  /** Those come back, of records that have changed meanwhile. */
  async #restored(): Promise<void> {
    const { kept } = this.#type
    for (const one of kept.dropped) kept.restore(one)
    await this.#rebuilt()
    for (const query of this.#queries) this.#compareSound(query)
  }

  /** Rows stay the same, and whoever would have asked an index that lies is told so, until it is built again. */
  async #damaged(): Promise<void> {
    const live = this.#live
    const before = this.#queries.map((query) => this.#indexesOf(query))
    damageAtRandom(this.#dice, this.#type, this.#rows)
    const { indexes } = await checkIndexes(live)
    const lying = new Set(indexes.flatMap(({ ok, name }) => (ok ? [] : [name])))
    for (const [at, query] of this.#queries.entries()) {
      const { degraded } = this.#compare(query)
      const asked = before[at]
      const said = runExplain(this.#ground(this.#type, this.#plans), query).degraded ?? false
      if (said !== degraded) throw new Error(`${JSON.stringify(query)}: explain and answer differ on degraded`)
      if (degraded ? lying.size === 0 : asked?.some((name) => lying.has(name)))
        throw new Error(`${JSON.stringify(query)}: degraded ${degraded}, without ${asked}, and ${[...lying]} lie`)
    }
    await this.#rebuilt()
    for (const query of this.#queries) this.#compareSound(query)
  }

  async #rebuilt(): Promise<void> {
    const rebuilder = new IndexRebuilder({
      ...{ live: () => this.#live, breathe: async () => undefined, tell: () => undefined },
      failed: (error) => {
        throw error
      },
    })
    rebuilder.start()
    await rebuilder.settled()
    const missing = [...this.#type.kept.rebuilding, ...this.#type.kept.dropped]
    if (missing.length > 0) throw new Error(`${missing.map(({ index }) => index.name)} did not come back`)
  }

  #indexesOf(query: Query): readonly string[] {
    const { plan } = runExplain(this.#ground(this.#type, this.#plans), query)
    if ('of' in plan) return plan.of.map(({ index }) => index)
    return 'index' in plan ? [plan.index] : []
  }
}

/** What a store has in memory: nothing outside leads to it but what it does. */
async function liveOf(state: State<RandomDomain>): Promise<Live> {
  let found: Live | undefined
  const { apply } = Live.prototype
  Live.prototype.apply = function (this: Live, ...commit) {
    found = this
    return apply.apply(this, commit)
  }
  try {
    await state.row.create({ id: 'a' } as never)
  } finally {
    Live.prototype.apply = apply
  }
  if (found === undefined) throw new Error('expected a write to be taken in')
  return found
}

function sameRows(found: readonly StoredRecord[], expected: readonly StoredRecord[], said: () => string): void {
  const isSame = found.length === expected.length && found.every((row, at) => isSameRow(row, expected[at]))
  if (!isSame) deepStrictEqual(found, expected, `${said()}: found ${idsOf(found)}, expected ${idsOf(expected)}`)
}

function isSameRow(row: StoredRecord, other: StoredRecord | undefined): boolean {
  return row === other || (row.id === other?.id && row.rev === other.rev && row.updated_at === other.updated_at)
}

function idsOf(rows: readonly StoredRecord[]): string {
  return rows.map(({ id }) => id).join(' ') || 'nothing'
}
