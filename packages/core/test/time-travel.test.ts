import type { Commit, StoredRecord, Version } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, linkIds, planIds, population, taskIds } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { cachingStorage } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { manualTime } from './manual-time.ts'
import type { Call } from './model-store.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'

const types = ['plan', 'task', 'link'] as const
const idsOf = { plan: planIds, task: taskIds, link: linkIds }

async function* oneByOne<T>(groups: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const group of groups) yield* group
}

/** The state after each commit, by the log alone: what is slow and obvious. */
async function folded(state: TinyState): Promise<{ commits: Commit[]; states: Map<string, StoredRecord>[] }> {
  const end = new AbortController()
  const { lastSeq } = await state.stats()
  const commits: Commit[] = []
  const states = [new Map<string, StoredRecord>()]
  if (lastSeq === 0) return { commits, states }
  for await (const commit of oneByOne(state.follow(1, end.signal))) {
    const next = new Map(states.at(-1))
    for (const change of commit.changes) {
      const key = `${change.type} ${change.id}`
      if (change.op === 'delete') next.delete(key)
      else if (change.op === 'put') next.set(key, { ...change.data, rev: change.rev } as StoredRecord)
      else {
        const kept = Object.entries(next.get(key) ?? {}).filter(([field]) => !change.unset.includes(field))
        next.set(key, { ...Object.fromEntries(kept), ...change.changes, rev: change.rev } as StoredRecord)
      }
    }
    commits.push(commit)
    states.push(next)
    if (commit.seq === lastSeq) end.abort()
  }
  return { commits, states }
}

async function expectSame(state: TinyState, seq: number, expected: ReadonlyMap<string, StoredRecord>): Promise<void> {
  const then = await state.asOf(seq)
  for (const type of types) {
    const own = [...expected].filter(([key]) => key.startsWith(`${type} `)).map(([, record]) => record)
    const found = await then[type].getMany(idsOf[type])
    expect(found, `${type} as of ${seq}`).toEqual(idsOf[type].map((id) => expected.get(`${type} ${id}`)))
    const rows = await then[type].all()
    expect(rows, `all ${type} as of ${seq}`).toEqual(own.sort((left, right) => (left.id < right.id ? -1 : 1)))
    expect(await then[type].count()).toBe(own.length)
  }
  const open = [...expected.values()].filter((record) => record.state === 'open').map(({ id }) => id)
  expect((await then.task.where({ state: 'open' }).all()).map(({ id }) => id)).toEqual(open.sort())
}

type Step = { readonly call: Call } | { readonly do: 'compact' | 'reopen' } | { readonly ms: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: call.map((call): Step => ({ call })) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'compact' }, { do: 'reopen' }) },
  { weight: 3, arbitrary: fc.constantFrom(1, 1_000, -5_000).map((ms): Step => ({ ms })) },
)
/** Of what is older than so many versions the index of histories has let go. */
const versions = fc.constantFrom(undefined, 8, 40)
const steps = fc.array(step, { minLength: 1, maxLength: 25, size: 'max' })

/** What is saved of the index at the close begins later than it did a moment before. */
const lettingGoAtClose: Step[] = [
  { call: { kind: 'one', op: { op: 'delete', type: 'plan', id: '0190a000-0000-7000-8000-000000000001' } } },
  { do: 'reopen' },
  { call: { kind: 'many', ops: [] } },
]

test('every moment of any history reads as the log folded up to there, whatever was compacted or reopened', async () => {
  let cached = 0
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), versions, async (given, isAskedEarly, historyVersions) => {
      const storage = cachingStorage(memoryStorage())
      const time = manualTime()
      const memory = historyVersions === undefined ? {} : { historyVersions }
      const options = { storage, time, memory, compaction: false, checkpoints: { atClose: 1 } } as const
      let { state } = await openTiny(options)
      await askCall(state, population)
      if (isAskedEarly) await state.task.history('a').next()
      for (const one of given) {
        if ('call' in one) await askCall(state, one.call).catch(() => undefined)
        else if ('ms' in one) time.at += one.ms
        else if (one.do === 'compact') await state.compact()
        else {
          await state.close()
          state = (await openTiny(options)).state
        }
      }
      const { commits, states } = await folded(state)
      for (const seq of states.keys()) await expectSame(state, seq, states[seq] ?? new Map())
      await expectTimes(state, commits)
      await expectHistories(state, commits, states)
      cached += storage.loads
      await state.close()
    }),
    { numRuns: runs(12), examples: [[lettingGoAtClose, false, 8]] },
  )
  expect(cached).toBeGreaterThan(0)
})

/** The last commit in the order of seq that is not behind the time. */
async function expectTimes(state: TinyState, commits: readonly Commit[]): Promise<void> {
  for (const { timestamp } of commits) {
    const expected = commits.findLast((commit) => commit.timestamp <= timestamp)?.seq
    expect((await state.asOf(timestamp)).seq).toBe(expected)
    const before = new Date(Date.parse(timestamp) - 1)
    expect((await state.asOf(before)).seq).toBe(
      commits.findLast((commit) => Date.parse(commit.timestamp) <= before.getTime())?.seq ?? 0,
    )
  }
}

async function expectHistories(
  state: TinyState,
  commits: readonly Commit[],
  states: readonly ReadonlyMap<string, StoredRecord>[],
): Promise<void> {
  for (const id of taskIds) {
    const versions: Version[] = []
    for await (const version of state.task.history(id)) versions.push(version as Version)
    const own = commits.filter(({ changes }) => changes.some((one) => one.type === 'task' && one.id === id))
    expect(versions.map(({ seq }) => seq)).toEqual(own.map(({ seq }) => seq))
    for (const { seq, record, fields = [] } of versions) {
      const before: Record<string, unknown> = { ...states[seq - 1]?.get(`task ${id}`) }
      const after: Record<string, unknown> = { ...states[seq]?.get(`task ${id}`) }
      expect(record).toEqual(states[seq]?.get(`task ${id}`))
      for (const { field, before: was, after: is } of fields) {
        expect(was).toEqual(before[field])
        expect(is).toEqual(after[field])
        before[field] = is
      }
      for (const field of ['rev', 'updated_at']) before[field] = after[field]
      for (const field of Object.keys(before)) if (before[field] === undefined) delete before[field]
      expect(before, 'the differences lead from one version to the next').toEqual(after)
    }
  }
}

test('what is no moment, and what is still to come, is INVALID, and nothing happens', async () => {
  const { state, time } = await openTiny()
  expect((await state.asOf(0)).seq).toBe(0)
  expect((await state.asOf(new Date(time.at))).seq).toBe(0)
  expect(await codeOf(state.asOf(new Date(time.at + 1)))).toBe('INVALID')
  await state.task.create({ id: 'a', n: 1 })
  const bad = [2, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 'yesterday', '', '2026-13-01T00:00:00Z']
  for (const point of [...bad, new Date(Number.NaN), new Date(time.at + 1)])
    expect(await codeOf(state.asOf(point)), String(point)).toBe('INVALID')
  expect(await codeOf(state.ask('asOf', {}))).toBe('INVALID')
  expect(await codeOf(state.ask('asOf', { seq: 1, time: time.text }))).toBe('INVALID')
  expect(await codeOf(state.ask('get', { type: 'task', id: 'a', asOf: 2 }))).toBe('INVALID')
  expect(await codeOf(state.ask('get', { type: 'task', id: 'a', asOf: '1' as never }))).toBe('INVALID')
  expect(await codeOf(state.ask('query', { type: 'task', asOf: 2 }))).toBe('INVALID')
  const { snapshot } = await state.ask('snapshot', {})
  expect(await codeOf(state.ask('query', { type: 'task', asOf: 1, snapshot }))).toBe('INVALID')
  expect(await codeOf(state.ask('get', { type: 'task', id: 'a', asOf: 1, snapshot }))).toBe('INVALID')
  expect(await codeOf(Promise.resolve((await state.asOf(1)).task.create({ id: 'b' })))).toBe('UNSUPPORTED')
  await state.close()
})

test('what retention has let go of is TRIMMED and names the oldest that can be had; the rest reads on', async () => {
  const { state, storage, time } = await openTiny({ storage: memoryStorage({ retention: 'none' }), compaction: false })
  await state.task.create({ id: 'a', n: 1 })
  await state.task.create({ id: 'b', n: 1 })
  time.at += 1_000
  await state.task.update('a', { n: 2 })
  await state.compact()
  time.at += 1_000
  await state.task.update('a', { n: 3 })
  await state.task.delete('b')
  const oldest = { oldestSeq: 3, oldestTime: time.text }
  await expect(state.asOf(2)).rejects.toMatchObject({ code: 'TRIMMED', details: oldest })
  await expect(state.asOf(new Date(time.at - 1_500))).rejects.toMatchObject({ code: 'TRIMMED', details: oldest })
  await expect(state.ask('get', { type: 'task', id: 'a', asOf: 1 })).rejects.toMatchObject({ details: oldest })
  await expect(state.ask('query', { type: 'task', asOf: 1 })).rejects.toMatchObject({ details: oldest })
  const look = async (reading: Pick<TinyState, 'asOf'>): Promise<void> => {
    const then = await reading.asOf(3)
    expect(then.oldestSeq).toBe(3)
    expect(await then.task.getMany(['a', 'b', 'c'])).toMatchObject([{ n: 2, rev: 2 }, { n: 1, rev: 1 }, undefined])
    expect(await then.task.where({ n: { gte: 2 } }).all()).toMatchObject([{ id: 'a', n: 2 }])
    expect(await (await reading.asOf(4)).task.all()).toMatchObject([{ n: 3 }, { id: 'b' }])
  }
  await look(state)
  await state.close()
  const again = await openTiny({ storage, time, compaction: false })
  await look(again.state)
  await again.state.close()
})

test('a moment is read in pages that fit together while others write and read other moments', async () => {
  const { state } = await openTiny()
  for (let n = 0; n < 40; n++) await state.task.create({ id: `t${String(n).padStart(2, '0')}`, n: n % 7 })
  const then = await state.asOf(25)
  const ids: string[] = []
  let cursor: string | undefined
  for (let page = 0; ; page++) {
    const [found] = await Promise.all([
      then.task.orderBy('n', 'desc').limit(4).page(cursor),
      state.asOf(page).then(({ task }) => task.count()),
      state.task.update(`t${String(page).padStart(2, '0')}`, { n: 100 }),
    ])
    ids.push(...found.rows.map(({ id }) => id))
    cursor = found.cursor
    if (cursor === undefined) break
  }
  const expected = Array.from({ length: 25 }, (_, n) => [-(n % 7), `t${String(n).padStart(2, '0')}`] as const)
  expected.sort(([left, one], [right, other]) => left - right || (one < other ? -1 : 1))
  expect(ids).toEqual(expected.map(([, id]) => id))
  expect(await then.task.aggregate({ most: { max: 'n' }, all: { count: true } })).toMatchObject({ most: 6, all: 25 })
  await state.close()
})
