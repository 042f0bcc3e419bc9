import { expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import { openTiny } from './open-tiny.ts'

test('messages are counted and measured by kind, refusals by code', async () => {
  const { state } = await openTiny({ observe: { latencies: { reads: 1, writes: 1 } } })
  for (let at = 0; at < 200; at++) await state.task.create({ id: `${at}` })
  await expect(state.task.update('none', {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await state.task.get('1')
  const { messages = {}, appends } = await state.stats()
  expect(Object.keys(messages).sort()).toEqual(['create', 'get', 'stats', 'update'])
  expect(messages.create).toMatchObject({ asked: 200, failed: {}, latencyMs: { count: 200 } })
  expect(messages.update).toMatchObject({ asked: 1, failed: { NOT_FOUND: 1 }, latencyMs: { count: 1 } })
  expect(appends).toMatchObject({ failed: 0, commits: { count: 200, p50: 1 }, ms: { count: 200 } })
  await state.close()
})

test('durations are those of the injected clock', async () => {
  const time = manualTime()
  const { state } = await openTiny({ time, observe: { latencies: { writes: 1 } } })
  const created = state.task.create({ id: 'a' })
  time.at += 5
  await created
  expect((await state.stats()).messages?.create?.latencyMs).toMatchObject({ count: 1, sum: 5, max: 5, p999: 5 })
  await state.close()
})

test('of many messages some are measured, and stand for all', async () => {
  const { state } = await openTiny()
  for (let at = 0; at < 5_000; at++) await state.task.get('a')
  const { asked, latencyMs } = (await state.stats()).messages?.get ?? { asked: 0, latencyMs: { count: 0 } }
  expect(asked).toBe(5_000)
  expect(latencyMs.count).toBeGreaterThan(5_000 - 2 * 64)
  expect(latencyMs.count).toBeLessThanOrEqual(5_000)
  await state.close()
})

test('nothing is measured where nothing is to be', async () => {
  const { state } = await openTiny({ observe: false })
  await state.task.create({ id: 'a' })
  const stats = await state.stats()
  expect([stats.messages, stats.appends]).toEqual([undefined, undefined])
  await state.close()
})

test.each([
  { name: '' },
  { name: 'x'.repeat(101) },
  { latencies: { reads: 0 } },
  { latencies: { writes: 1.5 } },
  { latencies: { both: 1 } },
  { traces: { reads: Number.NaN } },
  { slowQueryMs: -1 },
  { slowQueryMs: '5' },
  { eventLoop: 1 },
  { unheardOf: true },
])('%j is refused', async (observe) => {
  await expect(openTiny({ observe: observe as never })).rejects.toMatchObject({ code: 'INVALID' })
})

test('the event loop is watched when that is asked for, and no longer than the store is open', async () => {
  const watched = await openTiny({ observe: { eventLoop: true } })
  const { eventLoop } = await watched.state.stats()
  expect(Object.keys(eventLoop ?? {})).toEqual(['p50', 'p99', 'max'])
  await watched.state.close()
  const { state } = await openTiny()
  expect((await state.stats()).eventLoop).toBeUndefined()
  await state.close()
})

test('how long the mailbox has made a write wait is that of the clock, and of none is 0', async () => {
  const time = manualTime()
  const { state } = await openTiny({ time, observe: { latencies: { writes: 1 } } })
  await state.task.create({ id: 'a' })
  const created = state.task.create({ id: 'b' })
  time.at += 7
  const waiting = await state.stats()
  expect([waiting.mailboxDepth, waiting.mailboxAgeMs]).toEqual([1, 7])
  await created
  expect((await state.stats()).mailboxAgeMs).toBe(0)
  await state.close()
})
