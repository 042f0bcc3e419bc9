import type { StoreEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

type Told = Extract<StoreEvent, { kind: 'compaction' }>

function listener(): { readonly onEvent: (event: StoreEvent) => void; readonly told: Told[] } {
  const told: Told[] = []
  return { told, onEvent: (event) => void (event.kind === 'compaction' && told.push(event)) }
}

test('a compaction tells that it begins, how far it is and how it ended', async () => {
  const { told, onEvent } = listener()
  const { state } = await openTiny({ onEvent })
  await state.task.createMany(Array.from({ length: 2_500 }, (_, n) => ({ id: `t${n}` })))
  const { upTo, bytesBefore, bytesAfter } = await state.compact()
  const shared = { kind: 'compaction', cause: 'asked' }
  expect(told).toEqual([
    { ...shared, phase: 'started', upTo },
    { ...shared, phase: 'progress', written: 1_024, rows: 2_500 },
    { ...shared, phase: 'progress', written: 2_048, rows: 2_500 },
    { ...shared, phase: 'progress', written: 2_500, rows: 2_500 },
    { ...shared, phase: 'finished', upTo, bytesBefore, bytesAfter },
  ])
  await state.close()
})

async function gated() {
  const { told, onEvent } = listener()
  const storage = gatedStorage()
  storage.open()
  const { state } = await openTiny({ storage, onEvent })
  await state.task.create({ id: 'a' })
  storage.shut()
  const phases = (): string[] => told.map(({ phase }) => phase).filter((phase) => phase !== 'progress')
  return { storage, state, told, phases }
}

test('a compaction is cancelled when everybody who asked for it has given up', async () => {
  const { storage, state, phases } = await gated()
  const one = new AbortController()
  const two = new AbortController()
  const asked = [one, two].map(({ signal }) => codeOf(state.compact({ signal })))
  await turns(2)
  one.abort()
  await turns(2)
  expect(phases()).toEqual(['started'])
  two.abort()
  expect(await Promise.all(asked)).toEqual(['ABORTED', 'ABORTED'])
  storage.open()
  await turns(20)
  expect(phases()).toEqual(['started', 'cancelled'])
  expect((await state.compact()).upTo).toBe(1)
  await state.close()
})

test('one that nobody else has given up goes on', async () => {
  const { storage, state, phases } = await gated()
  const one = new AbortController()
  const asked = codeOf(state.compact({ signal: one.signal }))
  const other = state.compact()
  await turns(2)
  one.abort()
  expect(await asked).toBe('ABORTED')
  storage.open()
  expect((await other).upTo).toBe(1)
  expect(phases()).toEqual(['started', 'finished'])
  await state.close()
})

test('who asks while one is being cancelled gets one of their own', async () => {
  const { storage, state, phases } = await gated()
  const one = new AbortController()
  const asked = codeOf(state.compact({ signal: one.signal }))
  await turns(2)
  one.abort()
  const other = state.compact()
  storage.open()
  expect(await asked).toBe('ABORTED')
  expect((await other).upTo).toBe(1)
  expect(phases()).toEqual(['started', 'cancelled', 'started', 'finished'])
  await state.close()
})

test('who waits for one of their own when the store is closed is told so, and it never begins', async () => {
  const { storage, state, phases } = await gated()
  const one = new AbortController()
  const asked = codeOf(state.compact({ signal: one.signal }))
  await turns(2)
  one.abort()
  const other = codeOf(state.compact())
  await turns(2)
  const closing = state.close()
  storage.open()
  expect(await Promise.all([asked, other])).toEqual(['ABORTED', 'CLOSED'])
  await closing
  expect(phases()).toEqual(['started', 'cancelled'])
})

test('a failure is told as one', async () => {
  const { told, onEvent } = listener()
  const storage = gatedStorage()
  storage.open()
  const { openWriter } = storage
  const { state } = await openTiny({
    onEvent,
    storage: {
      ...storage,
      async openWriter(owner) {
        const opened = await openWriter(owner)
        const saveBase = (): Promise<never> => Promise.reject(Object.assign(new Error('no room'), { code: 'FULL' }))
        return { ...opened, writer: Object.assign(Object.create(opened.writer), { saveBase }) }
      },
    },
  })
  expect(await codeOf(state.compact())).toBe('FULL')
  expect(told.at(-1)).toEqual({ kind: 'compaction', cause: 'asked', phase: 'failed', code: 'FULL', message: 'no room' })
  await state.close()
})
