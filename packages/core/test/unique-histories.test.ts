import { hasCode, type JsonObject, type Operation, type StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { within } from '../src/records/within.ts'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { lifeOver } from './crashing-storage.ts'
import { liveOf } from './damage-index.ts'
import { pipelinedStorage } from './pipelined-storage.ts'
import { runs } from './runs.ts'
import { type Foretold, foresee, hasShared, refused, type Users } from './unique-model.ts'
import { openUsers, type UserState } from './unique-store.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const value = fc.constantFrom<JsonObject[string]>('x', 'y', 'X', 0, -0, 1, '1', null, ['x'], ['x', 'y'])
const moment = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T02:00:00+02:00', '2026-01-01T00:00:01Z', 'no time')
const fields = fc.record({ email: value, team: value, seat: value, since: moment }, { requiredKeys: [] })
const unset = fc.subarray(['email', 'team', 'seat', 'since'])

const type = 'user'
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(id, fields).map(([id, data]): Operation => ({ op: 'create', type, data: { ...data, id } })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(id, fields, unset).map(([id, changes, away]): Operation => {
      const unset = away.filter((field) => !Object.hasOwn(changes, field))
      return { op: 'update', type, id, changes, unset }
    }),
  },
  { weight: 2, arbitrary: id.map((id): Operation => ({ op: 'delete', type, id })) },
  { weight: 1, arbitrary: id.map((id): Operation => ({ op: 'restore', type, id })) },
)

const foretold: fc.Arbitrary<Foretold> = fc.oneof(
  { weight: 5, arbitrary: operation.map((operation): Foretold => ({ do: 'one', operation })) },
  {
    weight: 2,
    arbitrary: fc
      .array(operation, { minLength: 1, maxLength: 4 })
      .map((operations): Foretold => ({ do: 'transact', operations })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(id, fields), { minLength: 1, maxLength: 4 })
      .map((rows): Foretold => ({ do: 'createMany', rows: rows.map(([id, data]) => ({ ...data, id })) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.record({ id, changes: fields }), { minLength: 1, maxLength: 4 })
      .map((updates): Foretold => ({ do: 'updateMany', updates })),
  },
)

type Step =
  /** Asked at once, by as many callers. */
  | { readonly do: 'calls'; readonly calls: readonly Foretold[] }
  | { readonly do: 'swap'; readonly ids: readonly [string, string] }
  | { readonly do: 'undo'; readonly back: number }
  | { readonly do: 'distrust'; readonly at: number }
  | { readonly do: 'compact' }
  | { readonly do: 'reopen'; readonly fate: Fate }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.array(foretold, { minLength: 1, maxLength: 6 }).map((calls): Step => ({ do: 'calls', calls })),
  },
  { weight: 2, arbitrary: fc.tuple(id, id).map((ids): Step => ({ do: 'swap', ids })) },
  { weight: 1, arbitrary: fc.nat(5).map((back): Step => ({ do: 'undo', back })) },
  { weight: 2, arbitrary: fc.nat(20).map((at): Step => ({ do: 'distrust', at })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'compact' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fate>('kept', 'lost', 'damaged').map((fate): Step => ({ do: 'reopen', fate })),
  },
)

const system: ReadonlySet<string> = new Set(['rev', 'created_at', 'updated_at', 'status'])

function ask(state: UserState, one: Foretold): Promise<unknown> {
  switch (one.do) {
    case 'one': {
      const { op, ...body } = one.operation
      return state.ask(op as 'create', body as never)
    }
    case 'transact':
      return state.ask('transact', { operations: one.operations })
    case 'createMany':
      return state.ask('createMany', { type, rows: one.rows })
    case 'updateMany':
      return state.ask('updateMany', { type, updates: one.updates })
    default:
      return one satisfies never
  }
}

const isTaken = (error: unknown): boolean => hasCode(error, 'ALREADY_EXISTS') && error.details.heldBy !== undefined

/** A store and a map beside it. */
class World {
  users: Users = new Map()
  readonly #cacheBytes: number
  #fate: Fate = 'kept'
  readonly #storage = cachingStorage(pipelinedStorage(), () => this.#fate)
  #state: UserState | undefined
  refusals = 0

  constructor(cacheBytes: number) {
    this.#cacheBytes = cacheBytes
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.#take(await this.#opened(), one)
    const state = await this.#opened()
    await this.#compare(state)
    expect(await state.checkIndexes()).not.toHaveProperty('duplicates')
    await state.close()
  }

  async #opened(): Promise<UserState> {
    const memory = { cacheBytes: this.#cacheBytes }
    this.#state ??= (await openUsers({ storage: this.#storage, memory, checkpoints: { atClose: 1 } })).state
    return this.#state
  }

  async #take(state: UserState, one: Step): Promise<void> {
    switch (one.do) {
      case 'calls':
        return this.#call(state, one.calls)
      case 'swap':
        return this.#swap(state, one.ids)
      case 'undo': {
        const { lastSeq } = await state.stats()
        await state.undo(lastSeq - one.back).catch(() => undefined)
        return this.#compareAfresh(state)
      }
      case 'distrust': {
        const live = await liveOf(() => state.log.create({ id: `l${this.#logs++}` }))
        const { kept } = live.type(type)
        const index = kept.trusted[one.at % Math.max(1, kept.trusted.length)]
        if (index !== undefined) kept.distrust(index)
        return
      }
      case 'compact':
        await state.compact()
        return
      case 'reopen':
        await state.close()
        this.#fate = one.fate
        this.#state = undefined
        return
      default:
        one satisfies never
    }
  }

  #logs = 0

  async #call(state: UserState, calls: readonly Foretold[]): Promise<void> {
    const answers = await Promise.allSettled(calls.map((one) => ask(state, one)))
    for (const [at, answer] of answers.entries()) {
      const call = within(calls, at)
      const next = foresee(this.users, call)
      const told = answer.status === 'fulfilled' ? 'accepted' : String(answer.reason)
      expect([call, told === 'accepted'], told).toEqual([call, next !== refused])
      if (answer.status === 'rejected' && isTaken(answer.reason)) this.refusals++
      if (next !== refused) this.users = next
    }
    await this.#compare(state)
  }

  /** Two users change places, whatever they hold. */
  async #swap(state: UserState, ids: readonly [string, string]): Promise<void> {
    if (ids[0] === ids[1] || ids.some((id) => this.users.get(id)?.isLive !== true)) return
    await state.transaction(async (tx) => {
      const [one, other] = await tx.user.getMany(ids)
      for (const [id, record] of [
        [ids[0], other],
        [ids[1], one],
      ] as const) {
        const { email, team, seat, since } = record ?? {}
        const there = Object.entries({ email, team, seat, since })
        const changes = Object.fromEntries(there.filter(([, value]) => value !== undefined))
        const unset = there.filter(([, value]) => value === undefined).map(([field]) => field)
        await tx.user.update(id, changes, { unset: unset as never })
      }
    })
    await this.#compareAfresh(state)
  }

  async #rows(state: UserState): Promise<readonly StoredRecord[]> {
    return (await state.ask('query', { type })).rows
  }

  async #compare(state: UserState): Promise<void> {
    const rows = (await this.#rows(state)).map((row) => own(row))
    const live = [...this.users].flatMap(([, { fields, isLive }]) => (isLive ? [fields] : []))
    const byId = (list: readonly JsonObject[]): JsonObject[] =>
      list.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
    expect(byId(rows).map(positive)).toEqual(byId(live).map(positive))
  }

  /** What the map does not foretell is taken from the store; that nothing is shared holds whatever was done. */
  async #compareAfresh(state: UserState): Promise<void> {
    const rows = new Map((await this.#rows(state)).map((row) => [row.id, own(row)]))
    const users = new Map(this.users)
    for (const [id, user] of users) if (!rows.has(id)) users.set(id, { ...user, isLive: false })
    for (const [id, fields] of rows) users.set(id, { fields, isLive: true })
    this.users = users
    expect(hasShared(this.users)).toBe(false)
    // What a record was when it was deleted by an undo is not known here.
    for (const [id, { isLive }] of users)
      if (!isLive) this.users = new Map([...this.users].filter(([one]) => one !== id))
    for (const [id, { isLive }] of users) if (!isLive) await state.user.create({ id }).then(() => state.user.delete(id))
    for (const [id, { isLive }] of users)
      if (!isLive) this.users = new Map([...this.users, [id, { fields: { id }, isLive: false }]])
  }
}

function own(row: StoredRecord): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !system.has(field)))
}

/** In JSON there is no -0. */
function positive(fields: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(fields))
}

test('any history keeps unique what a look at every pair of records keeps unique', async () => {
  let refusals = 0
  const cache = fc.constantFrom(1, 600, 1_000_000)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), cache, async (steps, cacheBytes) => {
      const world = new World(cacheBytes)
      await world.run(steps)
      refusals += world.refusals
    }),
    { numRuns: runs(40) },
  )
  expect(refusals).toBeGreaterThan(0)
})

test('killed with writers under way, and opened again: no value twice, before and behind the opening', async () => {
  const calls = fc.array(foretold, { minLength: 4, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(calls, calls, fc.nat(30), fc.nat(), async (before, behind, crashAt, seed) => {
      const log = pipelinedStorage()
      let drawn = seed
      const life = lifeOver(log, (below) => {
        drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31
        return Math.floor(drawn / 65_536) % below
      })
      const first = await openUsers({ storage: life.storage, checkpoints: false, compaction: false })
      for (const one of before) ask(first.state, one).catch(() => undefined)
      for (let turn = 0; turn < crashAt; turn++) await Promise.resolve()
      life.crash()
      const { state } = await openUsers({ storage: log, checkpoints: false, compaction: false })
      expect(await state.checkIndexes()).not.toHaveProperty('duplicates')
      await Promise.allSettled(behind.map((one) => ask(state, one)))
      expect(await state.checkIndexes()).not.toHaveProperty('duplicates')
      await state.close()
    }),
    { numRuns: runs(60) },
  )
})
