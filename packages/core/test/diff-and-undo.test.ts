import type { Commit, RecordDiff, StoredRecord } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, linkIds, planIds, population, taskIds } from './arbitrary-calls.ts'
import { askCall } from './ask-call.ts'
import { codeOf } from './code-of.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { pipelinedStorage } from './pipelined-storage.ts'
import { runs } from './runs.ts'

const idsOf = { plan: planIds, task: taskIds, link: linkIds }
const types = ['plan', 'task', 'link'] as const

async function everything(state: Pick<TinyState, (typeof types)[number]>): Promise<Map<string, StoredRecord>> {
  const all = new Map<string, StoredRecord>()
  for (const type of types)
    for (const record of await state[type].getMany(idsOf[type]))
      if (record !== undefined) all.set(`${type} ${record.id}`, record as unknown as StoredRecord)
  return all
}

async function diffOf(state: TinyState, from: number, to: number): Promise<RecordDiff[]> {
  const found: RecordDiff[] = []
  for await (const one of state.diff(from, to)) found.push(one)
  return found
}

/** With 8, the index of histories has let go of most. */
const historyVersions = fc.constantFrom(1_000_000, 8)

/** The record without what every version changes. */
function content(record: StoredRecord | undefined): Record<string, unknown> {
  const { rev: _, updated_at: __, ...own } = record ?? ({} as StoredRecord)
  return own
}

test('a difference leads from any moment to any later one, and names nothing that is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 3, maxLength: 12 }), fc.nat(), fc.nat(), async (calls, one, other) => {
      const { state } = await openTiny({ storage: memoryStorage(), compaction: false })
      await askCall(state, population)
      for (const given of calls) await askCall(state, given).catch(() => undefined)
      const { lastSeq } = await state.stats()
      const [from = 0, to = 0] = [one % (lastSeq + 1), other % (lastSeq + 1)].sort((left, right) => left - right)
      const before = await everything(await state.asOf(from))
      const after = await everything(await state.asOf(to))
      const found = await diffOf(state, from, to)
      const keys = new Set([...before.keys(), ...after.keys()])
      for (const { type, id, op, fields } of found) {
        const key = `${type} ${id}`
        expect(keys.delete(key), `${key} is named once`).toBe(true)
        expect(op).toBe(!before.has(key) ? 'created' : after.has(key) ? 'updated' : 'deleted')
        const made = content(before.get(key))
        for (const { field, before: was, after: is } of fields) {
          expect(made[field]).toEqual(was)
          if (is === undefined) delete made[field]
          else made[field] = is
        }
        expect(made).toEqual(content(after.get(key)))
      }
      for (const key of keys) expect(content(before.get(key)), key).toEqual(content(after.get(key)))
      await state.close()
    }),
    { numRuns: runs(12) },
  )
})

test('an undo leaves every record as it was, and the undo of that as it is; or refuses and changes nothing', async () => {
  let undone = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      historyVersions,
      async (calls, isForced, historyVersions) => {
        const { state } = await openTiny({ compaction: false, memory: { historyVersions } })
        await askCall(state, population)
        for (const given of calls) await askCall(state, given).catch(() => undefined)
        const { lastSeq } = await state.stats()
        const after = await everything(state)
        const force = isForced ? { force: true, reason: 'a mistake' } : {}
        const answer = await state
          .undo(lastSeq, { actor: 'ada', ...force })
          .catch((error: { code: string }) => error.code)
        if (typeof answer === 'string') {
          expect(['RESTRICTED', 'ILLEGAL_TRANSITION', 'INVALID_REFERENCE']).toContain(answer)
          if (isForced) expect(answer).not.toBe('ILLEGAL_TRANSITION')
          expect(await everything(state)).toEqual(after)
        } else {
          undone++
          const before = await everything(await state.asOf(lastSeq - 1))
          const now = await everything(state)
          expect([...now.keys()].sort()).toEqual([...before.keys()].sort())
          for (const [key, record] of now) expect(content(record), key).toEqual(content(before.get(key)))
          if ((await state.stats()).lastSeq > lastSeq) {
            await state.undo(answer.seq, { force: true, reason: 'not a mistake' })
            for (const [key, record] of await everything(state))
              expect(content(record)).toEqual(content(after.get(key)))
          }
        }
        await state.close()
      },
    ),
    { numRuns: runs(30) },
  )
  expect(undone).toBeGreaterThan(5)
})

test('what was changed since is a CONFLICT that names it; sent again with its txid an undo is made once', async () => {
  const { state } = await openTiny()
  await state.transact([
    { op: 'create', type: 'task', data: { id: 'a', n: 1 } },
    { op: 'create', type: 'task', data: { id: 'b', n: 1 } },
  ])
  const { seq } = await state.transact([
    { op: 'update', type: 'task', id: 'a', changes: { n: 2 } },
    { op: 'update', type: 'task', id: 'b', changes: { n: 2 }, unset: [] },
    { op: 'create', type: 'task', data: { id: 'c', parent: 'a' } },
  ])
  await state.task.update('b', { n: 3 })
  const conflict = {
    code: 'CONFLICT',
    details: { records: [{ type: 'task', id: 'b', expectedRev: 2, currentRev: 3 }] },
  }
  await expect(state.undo(seq)).rejects.toMatchObject(conflict)
  await expect(state.undo(seq, { force: true, reason: 'x' })).rejects.toMatchObject(conflict)
  await expect(state.undo(seq, { txid: 'once' })).rejects.toMatchObject(conflict)
  const [first, again] = [await state.undo(3, { txid: 'once' }), await state.undo(3, { txid: 'once' })]
  expect(again).toEqual(first)
  expect(await state.task.get('b')).toMatchObject({ n: 2, rev: 4 })
  await state.close()
})

test('however an undo comes behind changes, also ones that are on their way, its CONFLICT names each of them', async () => {
  const { state } = await openTiny({ storage: pipelinedStorage(), memory: { cacheBytes: 1 } })
  const ids = ['a', 'b', 'c', 'd']
  await state.task.createMany(ids.map((id) => ({ id, n: 1 })))
  await state.task.delete('d')
  await state.transact([
    ...['a', 'b', 'c'].map((id) => ({ op: 'update', type: 'task', id, changes: { n: 2 } }) as const),
    { op: 'restore', type: 'task', id: 'd' },
  ])
  await state.task.update('a', { n: 3 })
  await state.undo(3, { txid: 'never' }).catch(() => undefined)
  const onTheirWay = [state.task.delete('b'), state.task.update('d', { n: 4 })]
  const undos = [state.undo(3), state.undo(3, { txid: 'never' })]
  const records = [
    { type: 'task', id: 'a', expectedRev: 2, currentRev: 3 },
    { type: 'task', id: 'b', expectedRev: 2, currentRev: 3 },
    { type: 'task', id: 'd', expectedRev: 3, currentRev: 4 },
  ]
  for (const undo of undos)
    await expect(undo).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { type: 'task', id: 'a', count: 3, records },
    })
  await Promise.all(onTheirWay)
  expect((await state.stats()).lastSeq).toBe(6)
  await state.close()
})

test('an undo of what is not there, not yet, or asked wrongly, is refused', async () => {
  const { state } = await openTiny({ storage: memoryStorage({ retention: 'none' }), compaction: false })
  await state.task.create({ id: 'a', n: 1 })
  for (const seq of [0, 2, -1, 0.5, Number.NaN]) expect(await codeOf(state.undo(seq)), String(seq)).toBe('INVALID')
  expect(await codeOf(state.undo(1, { force: true }))).toBe('INVALID')
  expect(await codeOf(state.ask('undo', { seq: 1, cascade: true } as never))).toBe('INVALID')
  expect(await codeOf(state.undo(1, { signal: AbortSignal.abort() }))).toBe('ABORTED')
  expect(await codeOf(diffOf(state, 1, 0))).toBe('INVALID')
  expect(await codeOf(diffOf(state, 0, 2))).toBe('INVALID')
  await state.compact()
  await state.task.update('a', { n: 2 })
  expect(await codeOf(state.undo(1))).toBe('TRIMMED')
  expect(await codeOf(diffOf(state, 0, 2))).toBe('TRIMMED')
  expect(await diffOf(state, 1, 2)).toEqual([
    { type: 'task', id: 'a', op: 'updated', fields: [{ field: 'n', before: 1, after: 2 }] },
  ])
  expect((await state.undo(2)).results).toMatchObject([{ id: 'a', n: 1, rev: 3 }])
  await state.close()
})

test('a deletion that cascaded is undone as one commit, what others refer to first; the log says who and why', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'p' })
  await state.task.create({ id: 'q', parent: 'p' })
  await state.task.create({ id: 'r', parent: 'q' })
  await state.task.delete('p', { cascade: true })
  const { seq } = await state.undo(4, { actor: 'ada', force: true, reason: 'wrong one' })
  expect(await state.task.count()).toBe(3)
  const commits: Commit[] = []
  const end = new AbortController()
  for await (const group of state.follow(seq, end.signal)) {
    commits.push(...group)
    end.abort()
  }
  expect(commits).toMatchObject([{ actor: 'ada', changes: [{ id: 'p' }, { id: 'q' }, { id: 'r' }] }])
  await state.undo(seq)
  expect(await state.task.count()).toBe(0)
  await state.close()
})

test('records that refer to each other are undone as one commit, and so is the undo of that; who else refers to them holds them', async () => {
  const { state } = await openTiny()
  await state.transact([
    { op: 'create', type: 'task', data: { id: 'a' } },
    { op: 'create', type: 'task', data: { id: 'b', parent: 'a' } },
    { op: 'create', type: 'task', data: { id: 'c', parent: 'b', after: ['a', 'b'] } },
    { op: 'update', type: 'task', id: 'a', changes: { parent: 'c' } },
  ])
  const all = await everything(state)
  for (const seq of [1, 2, 3, 4]) {
    expect((await state.undo(seq)).seq).toBe(seq + 1)
    expect(await state.task.count()).toBe(seq % 2 === 0 ? 3 : 0)
  }
  await state.task.delete('b', { cascade: true })
  expect(await state.task.count()).toBe(0)
  await state.undo(6)
  const contents = (records: Map<string, StoredRecord>) => [...records.values()].map(content)
  expect(contents(await everything(state))).toEqual(contents(all))
  await state.task.create({ id: 'd', parent: 'b' })
  expect(await codeOf(state.undo(7))).toBe('RESTRICTED')
  expect((await state.stats()).lastSeq).toBe(8)
  await state.close()
})

test('a guard looks at what an undo leaves, whatever stood between its steps', async () => {
  const { state } = await openTiny()
  const { id } = await state.plan.create({ name: 'p' })
  await state.plan.update(id, { status: 'open' })
  await state.plan.update(id, { status: 'done' })
  const { seq } = await state.transact([
    { op: 'update', type: 'plan', id, changes: { status: 'open' } },
    { op: 'create', type: 'task', data: { id: 'a', plan_id: id, state: 'open' } },
  ])
  await state.undo(seq)
  expect(await state.plan.get(id)).toMatchObject({ status: 'done' })
  expect(await state.task.get('a')).toBeUndefined()
  await state.undo(seq + 1)
  await state.task.create({ id: 'b', plan_id: id, state: 'open' })
  expect(await codeOf(state.undo(seq + 2))).toBe('RESTRICTED')
  expect(await state.task.count()).toBe(2)
  await state.close()
})

test('a difference from further back than the index of histories reaches is refused, and says how far it reaches', async () => {
  const { state } = await openTiny({ memory: { historyVersions: 8 } })
  for (let n = 0; n < 40; n++) await state.task.create({ id: `t${n}` })
  const refused: unknown = await diffOf(state, 0, 40).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'TOO_LARGE', details: { oldestSeq: expect.any(Number) } })
  const { oldestSeq } = (refused as { details: { oldestSeq: number } }).details
  expect(oldestSeq).toBeGreaterThan(20)
  expect((await diffOf(state, oldestSeq, 40)).map(({ id }) => id)).toHaveLength(40 - oldestSeq)
  await state.close()
})
