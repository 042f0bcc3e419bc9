import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { LiveTwin } from './live-twin.ts'
import { type Picker, picker } from './live-world.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'
import { slowOnce } from './slow-once.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

const mostTurns = 300

function taskOf(pick: Picker, plans: readonly string[]) {
  const plan_id = plans[pick(plans.length)]
  return {
    n: pick(6),
    state: ['open', 'done'][pick(2)] ?? 'open',
    after: [`t${pick(8)}`, `t${pick(8)}`].slice(pick(3)),
    ...(plan_id === undefined || pick(4) === 0 ? {} : { plan_id }),
  }
}

async function step(state: TinyState, pick: Picker, plans: readonly string[]): Promise<void> {
  const id = `t${pick(8)}`
  const has = (await state.task.get(id)) !== undefined
  if (pick(4) === 0) await state.plan.update(plans[pick(plans.length)] ?? '', { size: pick(5) })
  else if (pick(5) === 0 && has) await state.task.delete(id).catch(() => undefined)
  // It may name a task that is not there, and is refused then.
  else if (has) await state.task.update(id, taskOf(pick, plans)).catch(() => undefined)
  else await state.task.create({ id, ...taskOf(pick, plans) }).catch(() => undefined)
  // Several commits in one group.
  if (pick(3) === 0)
    await Promise.all([1, 2].map((at) => state.task.update(`t${pick(8)}`, { title: `${at}` }).catch(() => undefined)))
}

function twinsOf(state: TinyState): readonly LiveTwin<unknown>[] {
  return [
    state.task.where({}).include('plan_id', 'after'),
    state.task.where({ state: 'open' }).orderBy('n', 'desc').limit(3).include('plan_id', 'after'),
    state.task
      .where({ n: { lt: 4 } })
      .orderBy('n')
      .limit(2)
      .include('after'),
    state.task.where({ id: 't3' }).include('plan_id'),
  ].map(
    (query) =>
      new LiveTwin<unknown>(
        (signal) => query.live({ signal }),
        () => query.all(),
      ),
  )
}

for (const [what, options, patience] of [
  ['', {}, 12],
  [', also when records are on the disk', { memory: { cacheBytes: 1_500 } }, mostTurns],
] as const) {
  test(`a live query with what its rows lead to is what polling gives, after every step of random histories${what}`, async () => {
    for (let seed = 1; seed <= runs(3); seed++) {
      const pick = picker(seed + 200)
      const { state } = await openTiny({ storage: memoryStorage(), ...options })
      try {
        const plans = (await state.plan.createMany([1, 2, 3].map((n) => ({ name: `p${n}` })))).map(({ id }) => id)
        await state.task.createMany([0, 1, 2, 3, 4].map((n) => ({ id: `t${n}`, n, state: 'open' })))
        for (let n = 0; n < 8; n++) await step(state, pick, plans)
        const twins = twinsOf(state)
        await Promise.all([1, 2].map(() => step(state, pick, plans).catch(() => undefined)))
        await turns(30)
        for (let at = 0; at < 40; at++) {
          await step(state, pick, plans)
          if (patience > 12) await Promise.all([1, 2].map(() => step(state, pick, plans).catch(() => undefined)))
          for (const twin of twins) await twin.settle(patience)
        }
        for (const twin of twins) await twin.stop()
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      } finally {
        await state.close()
      }
    }
  })
}

test('a change of what one of many rows leads to is told for that row, and one of something else is not', async () => {
  const { state } = await openTiny()
  await state.task.createMany(Array.from({ length: 60 }, (_, n) => ({ id: `p${n}`, title: 'parent' })))
  await state.task.createMany(Array.from({ length: 60 }, (_, n) => ({ id: `t${n}`, title: 'child', parent: `p${n}` })))
  const query = state.task.where({ title: 'child' }).include('parent')
  const updates = query.live()[Symbol.asyncIterator]()
  expect(Object((await updates.next()).value).rows).toHaveLength(60)
  await state.task.create({ id: 'other' })
  await state.task.update('other', { n: 1 })
  await state.task.update('p7', { n: 7 })
  const { value } = await updates.next()
  expect(value).toMatchObject({ changes: [{ op: 'change', record: { record: { id: 't7' } } }] })
  expect(Object(value).changes[0].record.related.parent).toBe(await state.task.get('p7'))
  await updates.return?.(undefined)
  await state.close()
})

test('what is written while a related record is being read is newer than what was read', async () => {
  const slow = slowOnce(2)
  const { state } = await openTiny({ storage: slow.storage, memory: { cacheBytes: 1 } })
  const { id } = await state.plan.create({ name: 'old' })
  await state.task.create({ id: 'a', plan_id: id })
  slow.fetches = 0
  const updates = state.task.where({}).include('plan_id').live()[Symbol.asyncIterator]()
  const first = updates.next()
  for (let turn = 0; turn < mostTurns && slow.fetches < 2; turn++) await turns(1)
  expect(slow.fetches).toBe(2)
  await state.plan.update(id, { name: 'new' })
  slow.release()
  expect((await first).value).toMatchObject({ kind: 'rows', rows: [{ related: { plan_id: { name: 'new' } } }] })
  await updates.return?.(undefined)
  await state.close()
})

test('as a live query of rows alone one with include is refused, and says what to watch; beside a writer it cannot be had', async () => {
  const { state, storage } = await openTiny()
  const { signal } = new AbortController()
  const body = { type: 'task', include: ['parent'] }
  expect(await codeOf((async () => state.watch('live', body, signal)[Symbol.asyncIterator]().next())())).toBe('INVALID')
  await using reader = await openStateReader({ storage, domain: tinyDomain })
  expect(() => reader.task.include('parent').live()).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  await state.close()
})
