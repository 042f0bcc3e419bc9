import { type StoreEvent, tracingNames } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { listening } from './listening.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

test('who only reads is observed too: messages are told and measured, queries by their plan, and slow ones', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await state.task.createMany([{ id: 'a', n: 1 }, { id: 'b' }])
  await state.close()
  const heard = listening(tracingNames.message, 'beside')
  const told: StoreEvent[] = []
  const reader = await openStateReader({
    ...{ storage, domain: tinyDomain, onEvent: (event: StoreEvent) => void told.push(event) },
    observe: { name: 'beside', latencies: { reads: 1, writes: 1 }, slowQueryMs: 0, eventLoop: true },
  })
  await reader.task.get('a')
  await reader.task.where({ n: 1 }).all()
  const refused = reader.ask('create', { type: 'task', data: { id: 'secret' } })
  expect(await codeOf(refused)).toBe('UNSUPPORTED')
  const { messages, plans, eventLoop, appends, compaction } = await reader.stats()
  expect(messages).toMatchObject({
    get: { asked: 1 },
    query: { asked: 1 },
    create: { asked: 1, failed: { UNSUPPORTED: 1 } },
  })
  expect(plans).toMatchObject([{ type: 'task', queries: 1, rows: 1 }])
  expect(eventLoop).toBeDefined()
  expect([appends, compaction]).toEqual([undefined, undefined])
  expect(told).toMatchObject([{ kind: 'slowQuery', type: 'task', rows: 1 }])
  expect(heard.filter(({ phase }) => phase === 'asyncEnd').map((one) => one.told.message)).toEqual(
    expect.arrayContaining(['get', 'query', 'create']),
  )
  expect(JSON.stringify(heard)).not.toContain('secret')
  await reader.close()
})

test('what a reader is to observe is checked, and nothing is measured where nothing is to be', async () => {
  const storage = memoryStorage()
  const observe = { slowQueryMs: -1 }
  expect(await codeOf(openStateReader({ storage, domain: tinyDomain, observe }))).toBe('INVALID')
  await using reader = await openStateReader({ storage, domain: tinyDomain, observe: false })
  await reader.task.get('a')
  expect((await reader.stats()).messages).toBeUndefined()
})
