import type { Query, StoredRecord, StoreEvent } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rig } from '../../../test/reliability/rig.ts'
import { within } from '../src/records/within.ts'
import type { Live } from '../src/state/live.ts'
import { call, population, revival } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { type Damage, damageIndex, liveOf, recordsOf } from './damage-index.ts'
import { type GatedStorage, gatedStorage } from './gated-storage.ts'
import type { Call } from './model-store.ts'
import { matches, orderBy, sorted, where } from './naive-query.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const asked = fc.record<Query>(
  { type: fc.constant('task'), where, orderBy, limit: fc.integer({ min: 1, max: 4 }) },
  { requiredKeys: ['type'] },
)
const history = fc.record({
  before: fc.array(call, { maxLength: 12 }),
  meanwhile: fc.array(call, { minLength: 1, maxLength: 6 }),
  after: fc.array(call, { maxLength: 4 }),
  damages: fc.array(fc.tuple(fc.nat(), fc.constantFrom<Damage>('forgets', 'forgets all', 'mistakes', 'swaps')), {
    minLength: 1,
    maxLength: 3,
  }),
  queries: fc.array(asked, { minLength: 5, maxLength: 10 }),
})

/** A store behind a gate, which shuts when an index is found to lie: it is not built again before the gate is opened. */
class Trial {
  readonly state: TinyState
  readonly live: Live
  readonly storage: GatedStorage
  readonly events: Extract<StoreEvent, { kind: 'index' }>[]

  private constructor(state: TinyState, live: Live, { storage, events }: Pick<Trial, 'storage' | 'events'>) {
    this.state = state
    this.live = live
    this.storage = storage
    this.events = events
  }

  static async open(): Promise<Trial> {
    const storage = gatedStorage()
    storage.open()
    const events: Trial['events'] = []
    const onEvent = (event: StoreEvent): void => {
      if (event.kind !== 'index') return
      // Once: who waits at a gate that is shut again would wait for ever.
      if (event.phase === 'damaged' && !events.some(({ phase }) => phase === 'damaged')) storage.shut()
      events.push(event)
    }
    const { state } = await openTiny({ storage, onEvent, checkpoints: false, compaction: false })
    const live = await liveOf(() => askCall(state, population))
    return new Trial(state, live, { storage, events })
  }

  async write(calls: readonly Call[]): Promise<void> {
    // Without links: what is checked behind the tasks would wait at the gate for ever.
    const ofNoLinks = calls.filter((one) => !JSON.stringify(one).includes('"link"'))
    for (const one of ofNoLinks) await askCall(this.state, one).catch(() => undefined)
  }

  get #records(): readonly StoredRecord[] {
    return [...recordsOf(this.live, this.live.type('task')).values()]
  }

  /** Compares the answers with what goes through all records. */
  async compare({ where = {}, orderBy = [], limit, ...query }: Query): Promise<{ readonly degraded: boolean }> {
    const full: Query = { ...query, where, orderBy, ...(limit === undefined ? {} : { limit }) }
    const matching = sorted(
      this.#records.filter((record) => matches(record, where)),
      orderBy,
    )
    const answer = await this.state.ask('query', full)
    const now = this.state.view.task.where(where as never)
    expect(answer.rows).toEqual(matching.slice(0, limit))
    expect(answer.cursor !== undefined).toBe(matching.length > (limit ?? Number.POSITIVE_INFINITY))
    expect(await this.state.ask('count', { type: 'task', where })).toBe(matching.length)
    expect(now.count()).toBe(matching.length)
    const groups = await this.state.ask('groupBy', { query: { type: 'task', where }, field: 'n' })
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(matching.length)
    const { degraded = false } = await this.state.ask('explain', full)
    expect(answer.degraded ?? false).toBe(degraded)
    return { degraded }
  }

  async indexAsked(query: Query): Promise<string | undefined> {
    const { plan } = await this.state.ask('explain', query)
    return 'index' in plan ? plan.index : undefined
  }

  /** Settles when every index is asked again. */
  async mended(): Promise<void> {
    const phases = (phase: string): number => this.events.filter((event) => event.phase === phase).length
    while (phases('rebuilt') < phases('damaged'))
      await new Promise<void>((resolve) => {
        const stop = this.state.on(() => {
          stop()
          resolve()
        })
      })
  }
}

rig('damaged-indexes', ({ each }) =>
  each(async (seed) => {
    const { before, meanwhile, after, damages, queries } = within(fc.sample(history, { seed, numRuns: 1 }), 0)
    const trial = await Trial.open()
    await trial.write([...before, ...revival])
    const askedBefore = await Promise.all(queries.map((query) => trial.indexAsked(query)))
    const type = trial.live.type('task')
    for (const [at, damage] of damages) {
      const index = type.indexes[at % type.indexes.length]
      if (index !== undefined) damageIndex(index, damage, recordsOf(trial.live, type))
    }
    const { indexes } = await trial.state.checkIndexes()
    const lying = new Set(indexes.filter(({ ok }) => !ok).map(({ name }) => name))
    expect(trial.events.map((event) => [event.phase, event.index])).toEqual([...lying].map((name) => ['damaged', name]))
    for (const [at, query] of queries.entries()) {
      const { degraded } = await trial.compare(query)
      const was = askedBefore[at]
      if (was !== undefined && lying.has(was)) expect(degraded, `without ${was}`).toBe(true)
      if (lying.size === 0) expect(degraded).toBe(false)
    }
    // Appends wait behind the gate as well: they come in while the indexes are being built again.
    const writes = trial.write(meanwhile)
    trial.storage.open()
    await Promise.all([trial.mended(), writes])
    await trial.write(after)
    for (const query of queries) expect(await trial.compare(query)).toEqual({ degraded: false })
    expect((await trial.state.checkIndexes()).indexes.filter(({ ok }) => !ok)).toEqual([])
    await trial.state.close()
    return 1
  }),
)

test('an index that lies is not asked, and is asked again when it is built again; writes meanwhile are in it', async () => {
  const trial = await Trial.open()
  const { state, live, storage, events } = trial
  const rows = Array.from({ length: 1_000 }, (_, n) => ({ id: `t${n}`, n: 10 + (n % 5), title: 'x' }))
  await state.task.createMany(rows)
  const type = live.type('task')
  const index = type.indexes.find(({ name }) => name === 'n')
  if (index === undefined) throw new Error('expected an index of n')
  index.clear()
  const query: Query = { type: 'task', where: { n: 12 } }
  expect((await state.ask('query', query)).rows, 'nobody knows yet').toEqual([])
  const { ok, indexes } = await state.checkIndexes()
  expect([ok, indexes.filter((one) => !one.ok).map(({ name }) => name)]).toEqual([false, ['n']])
  expect(events).toMatchObject([{ phase: 'damaged', type: 'task', index: 'n' }])
  const answer = await state.ask('query', query)
  expect([answer.rows.length, answer.degraded]).toEqual([200, true])
  expect(state.view.task.where({ n: 12 }).all()).toHaveLength(200)
  expect(await state.ask('explain', query)).toMatchObject({ degraded: true })
  expect((await state.ask('query', { type: 'task', orderBy: [['due', 'asc']], limit: 1 })).degraded).toBeUndefined()
  const listed = (await state.stats()).indexes.filter(({ rebuilding }) => rebuilding)
  expect(listed).toMatchObject([{ type: 'task', name: 'n', entries: 0, rebuilding: true }])
  const writes = [state.task.update('t2', { n: 11 }), state.task.delete('t7'), state.task.create({ id: 'new', n: 12 })]
  storage.open()
  await Promise.all(writes)
  await trial.mended()
  expect(events.at(-1)).toMatchObject({ phase: 'rebuilt', index: 'n', entries: 1_005 })
  const whole = await state.ask('query', query)
  expect([whole.rows.length, whole.degraded]).toEqual([199, undefined])
  expect(await state.ask('explain', query)).not.toHaveProperty('degraded')
  expect((await state.verify()).ok).toBe(true)
  await state.close()
})

test('rows that would come by their id, their order being one value, are degraded without the order of ids', async () => {
  const { state, live, storage } = await Trial.open()
  const type = live.type('task')
  const query: Query = { type: 'task', where: { n: 1 }, orderBy: [['n', 'asc']] }
  const other: Query = { type: 'task', where: { title: 'x' }, orderBy: [['n', 'asc']] }
  type.indexes.find(({ name }) => name === 'id order')?.clear()
  expect((await state.checkIndexes()).ok).toBe(false)
  expect([(await state.ask('query', query)).degraded, (await state.ask('query', other)).degraded]).toEqual([
    true,
    undefined,
  ])
  storage.open()
  await state.close()
})
