import { SimClock } from '@stateward/conformance'
import { defineDomain, entity, type StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { liveOf } from './damage-index.ts'
import { looseSchema } from './loose-schema.ts'
import { turns } from './turns.ts'

interface Note {
  readonly text?: string
}

test('an index of texts is compared in slices like every other, and found where it forgets', async () => {
  const clock = new SimClock()
  const told: StoreEvent[] = []
  const note = entity({ schema: looseSchema<Note>({ text: 'string' }), id: 'string', texts: ['text'] })
  const state = await createStateManager({
    ...{ storage: memoryStorage(), domain: defineDomain({ note }), clock, timers: clock, compaction: false as const },
    ...{ indexCheck: { everyMs: 1_000 }, onEvent: (event: StoreEvent) => void told.push(event) },
  })
  const pass = async (): Promise<void> => {
    for (let at = 0; at < 20; at++) {
      clock.pass(1_000)
      await turns(20)
    }
  }
  const rows = Array.from({ length: 200 }, (_, at) => ({ id: `n${at}`, text: `some words ${at % 9} and ${at}` }))
  const live = await liveOf(() => state.note.createMany(rows))
  await pass()
  expect((await state.stats()).indexCheck?.passes).toBeGreaterThan(0)
  expect(told.filter(({ kind }) => kind === 'index')).toEqual([])
  const index = live.type('note').indexes.find(({ name }) => name.endsWith('text'))
  index?.clear()
  await pass()
  expect(told.filter(({ kind }) => kind === 'index')).toMatchObject([
    { phase: 'damaged', index: 'text text' },
    { phase: 'rebuilt' },
  ])
  await state.close()
})
