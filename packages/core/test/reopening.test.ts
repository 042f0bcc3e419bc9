import { hasCode, StatewardError, type StoreEvent } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { type Fate, faultyStorage } from './faulty-storage.ts'
import { Follower } from './follower.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

const gone: Fate = { fails: new StatewardError('STORAGE_FAILED', 'the disk is gone') }

async function stoppedStore(fates: Fate[]) {
  const storage = faultyStorage({ fates, unknown: 'stop' })
  const events: StoreEvent[] = []
  const { state } = await openTiny({ storage, onEvent: (event) => events.push(event) })
  return { storage, state, events }
}

test('after a stop reads go on, writes are refused, and a reopening takes them again', async () => {
  const { state, events } = await stoppedStore(['ok', 'lands unknown'])
  await state.task.create({ id: 'a', n: 1 })
  expect(await codeOf(state.task.update('a', { n: 2 }, { txid: 'second' }))).toBe('UNKNOWN')
  expect(await codeOf(state.task.update('a', { n: 3 }))).toBe('STORAGE_FAILED')
  expect((await state.stats()).health).toBe('failed')
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  const { lastSeq, recovery, lost } = await state.reopen()
  expect({ lastSeq, recovered: recovery.lastSeq, lost }).toEqual({ lastSeq: 2, recovered: 2, lost: undefined })
  expect(await state.task.get('a'), 'what was unknown has landed').toMatchObject({ n: 2 })
  expect(await state.task.update('a', { n: 2 }, { txid: 'second' }), 'and is not made again').toMatchObject({ rev: 2 })
  expect(await state.task.update('a', { n: 4 })).toMatchObject({ rev: 3 })
  expect((await state.stats()).health).toBe('ok')
  expect(events).toEqual([
    { kind: 'stopped', code: 'UNKNOWN', message: 'nobody knows' },
    { kind: 'reopened', lastSeq: 2 },
  ])
  await state.close()
})

test('a write that was lost is made when it is sent again with its txid', async () => {
  const { state } = await stoppedStore(['lost unknown'])
  expect(await codeOf(state.task.create({ id: 'a', n: 1 }, { txid: 'first' }))).toBe('UNKNOWN')
  await state.reopen()
  expect(await state.task.get('a')).toBeUndefined()
  expect(await state.task.create({ id: 'a', n: 1 }, { txid: 'first' })).toMatchObject({ rev: 1 })
  await state.close()
})

test('whoever asks while a reopening runs hears of that one; a store that takes writes is left as it is', async () => {
  const { state, storage } = await stoppedStore([gone])
  expect(await codeOf(state.task.create({ id: 'a' }))).toBe('STORAGE_FAILED')
  let opened = 0
  const { openWriter } = storage
  storage.openWriter = (...args) => {
    opened++
    return openWriter(...args)
  }
  const [one, other] = await Promise.all([state.reopen(), state.reopen()])
  expect(one).toBe(other)
  await state.task.create({ id: 'a' })
  expect(await state.reopen()).toMatchObject({ lastSeq: 1 })
  expect(opened).toBe(1)
  await state.close()
})

test('a reopening that fails says why, leaves the store readable, and may be tried again', async () => {
  const { state, storage, events } = await stoppedStore(['ok', gone])
  await state.task.create({ id: 'a', n: 1 })
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('STORAGE_FAILED')
  const { openWriter } = storage
  storage.openWriter = async () => {
    throw new StatewardError('LOCKED', 'another process was faster', { details: { pid: 4 } })
  }
  const refusal = await state.reopen().catch((error: unknown) => error)
  expect(hasCode(refusal, 'LOCKED') && refusal.details).toEqual({ pid: 4 })
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('STORAGE_FAILED')
  expect(events.map(({ kind }) => kind)).toEqual(['stopped'])
  storage.openWriter = openWriter
  await state.reopen()
  await state.task.create({ id: 'b' })
  await state.close()
})

test('closing during a reopening closes both, and nobody is left waiting', async () => {
  const { state, storage } = await stoppedStore([gone])
  const following = new Follower(state, 1)
  expect(await codeOf(state.task.create({ id: 'a' }))).toBe('STORAGE_FAILED')
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { openWriter } = storage
  storage.openWriter = async (...args) => {
    await gate
    return openWriter(...args)
  }
  const reopening = codeOf(state.reopen())
  await turns(2)
  const closing = state.close()
  open()
  expect(await reopening).toBe('CLOSED')
  await closing
  await following.stop()
  expect(await codeOf(state.reopen())).toBe('CLOSED')
})

test('snapshots and feeds go on over any number of reopenings', async () => {
  const { state, storage } = await stoppedStore([])
  const follower = new Follower(state, 1)
  await state.task.create({ id: 'a', n: 0 })
  const snapshot = await state.snapshot()
  for (let n = 1; n <= 3; n++) {
    storage.fates.push('lands unknown')
    expect(await codeOf(state.task.update('a', { n }))).toBe('UNKNOWN')
    await state.reopen()
    expect(await state.task.get('a')).toMatchObject({ n })
    expect(await snapshot.task.get('a')).toMatchObject({ n: 0 })
    expect(await snapshot.task.where({ n: 0 }).count()).toBe(1)
    await state.compact()
  }
  await follower.reached(4)
  expect(follower.commits.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(await snapshot.task.get('a'), 'what a snapshot reads is not let go of').toMatchObject({ n: 0 })
  await snapshot.close()
  await follower.stop()
  await state.close()
})

type Call = { readonly id: number; readonly n: number; readonly fate: Fate; readonly pause: number }
const call: fc.Arbitrary<Call> = fc.record({
  id: fc.nat(3),
  n: fc.nat(100),
  fate: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('ok') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('lands unknown', 'lost unknown', gone) },
  ),
  pause: fc.nat(2),
})

/** Writes until it is there for sure: with one txid, reopening whenever writing has stopped. */
async function insist(state: TinyState, id: string, n: number, txid: string): Promise<number> {
  for (;;) {
    try {
      return (await state.task.update(id, { n }, { txid })).rev
    } catch (error) {
      if (hasCode(error, 'UNKNOWN') || hasCode(error, 'STORAGE_FAILED')) await state.reopen()
      else if (!hasCode(error, 'BUSY')) throw error
    }
  }
}

test('writers that insist through failures and reopenings write each of their commits once, as a plain count says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(1, 1_000_000),
      async (calls, cacheBytes) => {
        const storage = faultyStorage({ fates: [], unknown: 'stop', slowness: 1 })
        const { state } = await openTiny({ storage, memory: { cacheBytes } })
        const counts = [0, 0, 0, 0].map(() => 1)
        for (const id of counts.keys()) await state.task.create({ id: `t${id}`, n: -1 })
        const snapshot = await state.snapshot()
        const follower = new Follower(state, 1)
        storage.fates.push(...calls.map(({ fate }) => fate))
        const writing: Promise<number>[] = []
        for (const [at, { id, n, pause }] of calls.entries()) {
          counts[id] = (counts[id] ?? 0) + 1
          writing.push(insist(state, `t${id}`, n * 1_000 + at, `x${at}`))
          await turns(pause)
        }
        await Promise.all(writing)
        for (const [id, rev] of counts.entries()) {
          const { versions } = await state.ask('history', { type: 'task', id: `t${id}` })
          expect(versions.map((version) => version.change.rev)).toEqual(Array.from({ length: rev }, (_, at) => at + 1))
          expect(await state.task.get(`t${id}`)).toEqual(versions.at(-1)?.record)
          expect(await snapshot.task.get(`t${id}`)).toMatchObject({ n: -1, rev: 1 })
        }
        await follower.reached(calls.length + 4)
        expect(follower.commits.map(({ seq }) => seq)).toEqual(
          Array.from({ length: calls.length + 4 }, (_, at) => at + 1),
        )
        expect((await state.verify()).ok).toBe(true)
        await snapshot.close()
        await follower.stop()
        await state.close()
      },
    ),
    { numRuns: runs(60) },
  )
})
