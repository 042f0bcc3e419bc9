import { type LogWriter, StatewardError, type StoreEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { type BrittleStorage, brittleStorage } from './brittle-storage.ts'
import { codeOf } from './code-of.ts'
import { Follower } from './follower.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { turns } from './turns.ts'

const gone = new StatewardError('STORAGE_FAILED', 'the disk is gone')

async function opened(memory = {}) {
  const storage = brittleStorage()
  const told: StoreEvent[] = []
  const { state } = await openTiny({ storage, memory, onEvent: (event) => void told.push(event) })
  return { storage, state, told }
}

/** A write that stops the store. */
async function stop(state: TinyState, storage: BrittleStorage): Promise<void> {
  storage.fails = gone
  expect(await codeOf(state.note.create({ id: 'stops' }))).toBe('STORAGE_FAILED')
}

function gate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

test('a storage that has stopped by the time it is open leaves a store that reads, and a reopening of it fails so', async () => {
  const storage = brittleStorage()
  storage.tells = { kind: 'stopped', code: 'FENCED', message: 'taken over' }
  const told: StoreEvent[] = []
  const { state } = await openTiny({ storage, onEvent: (event) => void told.push(event) })
  expect((await state.stats()).health).toBe('failed')
  expect(await codeOf(state.task.create({ id: 'a' }))).toBe('STORAGE_FAILED')
  expect(await state.task.where({}).all()).toEqual([])
  expect(await codeOf(state.reopen())).toBe('FENCED')
  const stopped = { kind: 'stopped', code: 'FENCED', message: 'taken over' }
  expect(told).toEqual([stopped, stopped])
  storage.tells = { kind: 'full', message: 'no room' }
  expect(await state.reopen()).toMatchObject({ lastSeq: 0 })
  expect(told.slice(2)).toEqual([storage.tells, { kind: 'reopened', lastSeq: 0 }])
  expect(await state.task.create({ id: 'a' })).toMatchObject({ rev: 1 })
  await state.close()
})

test.each(['reads nothing', 'reads nonsense', 'gives too few places'])(
  'a log that %s cannot be opened, nor opened again, and is let go of before anybody hears',
  async (how) => {
    const { storage, state } = await opened()
    await state.task.create({ id: 'a', n: 1 })
    await stop(state, storage)
    const closed: number[] = []
    const broken = (writer: LogWriter): Partial<LogWriter> => ({
      async *read(from, signal) {
        if (how === 'reads nothing') throw gone
        for await (const batch of writer.read(from, signal))
          yield how === 'reads nonsense'
            ? { ...batch, records: batch.records.map(() => Buffer.from('nonsense')) }
            : { ...batch, ptrs: batch.ptrs.slice(1) }
      },
      async close() {
        await turns(3)
        await writer.close()
        closed.push(storage.openings)
        throw new Error('nobody hears of this one')
      },
    })
    storage.own = broken
    const code = how === 'reads nonsense' ? 'CORRUPT' : 'STORAGE_FAILED'
    expect(await codeOf(state.reopen())).toBe(code)
    expect(closed).toEqual([2])
    expect(await codeOf(openTiny({ storage }))).toBe(code)
    expect(closed).toEqual([2, 3])
    expect(await state.task.get('a')).toMatchObject({ n: 1 })
    expect(await codeOf(state.task.create({ id: 'b' }))).toBe('STORAGE_FAILED')
    storage.own = () => ({})
    expect(await state.reopen()).toMatchObject({ lastSeq: 1 })
    expect(await state.task.create({ id: 'b' })).toMatchObject({ rev: 1 })
    await state.close()
  },
)

test('what reads the log at length runs again when that was opened anew meanwhile, waits for an opening, and not for a close', async () => {
  const { storage, state } = await opened()
  const asked: number[] = []
  let wait = gate()
  storage.own = (writer, opening) => ({
    async verify(signal) {
      asked.push(opening)
      if (asked.length === 1) await wait.passed
      return writer.verify(signal)
    },
  })
  await stop(state, storage)
  await state.reopen()
  await state.task.create({ id: 'a' })
  const verified = state.verify()
  await turns(2)
  await stop(state, storage)
  await state.reopen()
  wait.open()
  expect(await verified).toMatchObject({ ok: true, records: 1 })
  expect(asked).toEqual([2, 3])
  asked.length = 1
  await stop(state, storage)
  const opening = gate()
  const { openWriter } = storage
  storage.openWriter = async (...args) => {
    await opening.passed
    return openWriter(...args)
  }
  const reopened = state.reopen()
  const behind = state.verify()
  await turns(5)
  expect(asked).toHaveLength(1)
  opening.open()
  await reopened
  expect(await behind).toMatchObject({ ok: true })
  expect(asked.slice(1)).toEqual([4])
  asked.length = 0
  wait = gate()
  const last = codeOf(state.verify())
  await turns(2)
  await stop(state, storage)
  await state.reopen()
  const closing = state.close()
  wait.open()
  expect(await last, 'the log that it read is let go of').toBe('CLOSED')
  expect(asked).toEqual([4])
  await closing
})

test('a feed that fails where the log was opened anew goes on behind what it has told; any other failure is its own', async () => {
  const { storage, state } = await opened()
  let isBroken = true
  storage.own = (writer) => ({
    async *follow(from, signal) {
      yield* writer.follow(from, signal)
      if (isBroken) throw gone
    },
  })
  await stop(state, storage)
  await state.reopen()
  const follower = new Follower(state, 1)
  for (const n of [1, 2, 3]) {
    await state.task.create({ id: `t${n}` })
    await stop(state, storage)
    await state.reopen()
  }
  await state.task.create({ id: 't4' })
  await follower.reached(4)
  expect(follower.commits.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  isBroken = false
  await follower.stop()
  storage.own = () => ({
    follow() {
      throw gone
    },
  })
  await stop(state, storage)
  await state.reopen()
  const feed = state.follow(1, new AbortController().signal)
  expect(await codeOf(feed[Symbol.asyncIterator]().next())).toBe('STORAGE_FAILED')
  await state.close()
})

test('what a snapshot holds is found in the log as it was opened anew, as it was then, and what that has lost is not made up', async () => {
  const { storage, state } = await opened({ cacheBytes: 1 })
  let isGone = false
  storage.own = (writer, opening) => ({
    async fetch(ptrs) {
      if (isGone && opening === 2) throw gone
      return writer.fetch(ptrs)
    },
  })
  await stop(state, storage)
  await state.reopen()
  await state.task.createMany(['same', 'changed', 'deleted', 'reborn'].map((id) => ({ id, n: 1 })))
  await state.task.update('changed', { n: 2 })
  await state.task.create({ id: 'lost', n: 1 })
  await state.task.update('same', { n: 4 })
  const snapshot = await state.snapshot()
  await stop(state, storage)
  storage.keeps = 2
  expect(await state.reopen()).toMatchObject({ lastSeq: 2, lost: { from: 3, to: 4 } })
  // These have the numbers, and the versions, of those that were lost.
  await state.task.create({ id: 'lost', n: 99 })
  await state.task.update('same', { n: 99 })
  await state.task.update('changed', { n: 3 })
  await state.task.delete('deleted')
  await state.task.delete('reborn')
  await state.task.create({ id: 'reborn', n: 5 })
  isGone = true
  expect(await snapshot.task.get('changed')).toMatchObject({ n: 2, rev: 2 })
  expect(await snapshot.task.get('deleted')).toMatchObject({ n: 1, rev: 1 })
  expect(await snapshot.task.get('reborn')).toMatchObject({ n: 1, rev: 1 })
  for (const id of ['lost', 'same']) expect(await codeOf(snapshot.task.get(id)), id).toBe('CORRUPT')
  await snapshot.close()
  expect((await state.verify()).ok).toBe(true)
  await state.close()
})
