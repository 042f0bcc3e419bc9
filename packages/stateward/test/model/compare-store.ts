import type { OrderBy, StoredRecord, Where } from '@stateward/contract'
import type { State } from '@stateward/core'
import type { Retention } from '@stateward/storage-jsonl'
import { expect } from 'vitest'
import { linkIds, planIds, taskIds } from '../../../core/test/arbitrary-calls.ts'
import type { ModelStore } from '../../../core/test/model-store.ts'
import { matches, sorted } from '../../../core/test/naive-query.ts'
import { same } from '../../../core/test/same.ts'
import type { TinyDomain } from '../../../core/test/tiny-domain.ts'

export type Records = Readonly<Record<string, readonly StoredRecord[]>>

const ids: Readonly<Record<string, readonly string[]>> = { plan: planIds, task: taskIds, link: linkIds }

export function recordsOf(model: ModelStore): Records {
  return Object.fromEntries(Object.keys(ids).map((type) => [type, model.live(type)]))
}

/** Throws unless the store, or a snapshot of it, holds these records and no others. */
export async function compareRecords(state: State<TinyDomain>, records: Records, snapshot?: string): Promise<void> {
  const more = snapshot === undefined ? {} : { snapshot }
  for (const [type, wanted] of Object.entries(records)) {
    const told = () => `${type} ${snapshot === undefined ? 'now' : 'in the snapshot'}`
    same((await state.ask('query', { type, ...more })).rows, wanted, told)
    const known = ids[type] ?? []
    const byId = known.map((id) => wanted.find((record) => record.id === id))
    same(await state.ask('getMany', { type, ids: known, ...more }), byId, told)
  }
}

export interface ComparedQuery {
  readonly where: Where
  readonly orderBy: readonly OrderBy[]
  readonly limit: number
}

/** Throws unless a query, its count, its groups and an aggregate answer as a filter over all records does. */
export async function compareQuery(
  state: State<TinyDomain>,
  tasks: readonly StoredRecord[],
  { where, orderBy, limit }: ComparedQuery,
  snapshot?: string,
): Promise<void> {
  const query = { type: 'task', where, ...(snapshot === undefined ? {} : { snapshot }) }
  const expected = sorted(
    tasks.filter((task) => matches(task, where)),
    orderBy,
  )
  const told = () => JSON.stringify({ ...query, orderBy, limit })
  same((await state.ask('query', { ...query, orderBy, limit })).rows, expected.slice(0, limit), told)
  same(await state.ask('count', query), expected.length, told)
  const groups = await state.ask('groupBy', { query, field: 'n' })
  const counts = new Map<unknown, number>()
  for (const { n } of expected) counts.set(n, (counts.get(n) ?? 0) + 1)
  same(new Map(groups.map(({ value, count }) => [value, count])), counts, told)
  const rows = await state.ask('aggregate', { query, measures: { most: { max: 'rev' }, rows: { count: true } } })
  const most = Math.max(...expected.map(({ rev }) => rev))
  same(rows[0]?.measures.rows, expected.length, told)
  if (expected.length > 0) same(rows[0]?.measures.most, most, told)
}

/** Throws unless every version that retention owes is there, as it was, and none that never was. */
async function compareHistory(state: State<TinyDomain>, { versions }: ModelStore, retention: Retention): Promise<void> {
  const owed = retention === 'all' ? Number.POSITIVE_INFINITY : retention === 'none' ? 0 : 2
  for (const [type, known] of Object.entries(ids)) {
    for (const id of known) {
      const found = (await state.ask('history', { type, id })).versions.map(({ seq, change, record }) => ({
        seq,
        type,
        id,
        rev: change.rev,
        record,
      }))
      const expected = versions.filter((one) => one.type === type && one.id === id)
      const least = Math.max(found.length, Math.min(owed, expected.length))
      same(found, least === 0 ? [] : expected.slice(-least), () => `the history of ${type} ${id}`)
    }
  }
}

/** Throws unless everything that the store says of itself fits the model. */
export async function compareWhole(state: State<TinyDomain>, model: ModelStore, retention: Retention): Promise<void> {
  await compareRecords(state, recordsOf(model))
  await compareHistory(state, model, retention)
  const { ok, indexes } = await state.verify()
  expect(indexes.filter((index) => !index.ok)).toEqual([])
  expect(ok).toBe(true)
}
