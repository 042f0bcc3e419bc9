import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick } from '@stateward/conformance'
import type { LogWriter, StorageEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { JsonlStorageOptions } from '../../src/index.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

interface Opened {
  readonly medium: SimMedium
  readonly writer: LogWriter
  readonly clock: SimClock
  readonly events: StorageEvent[]
}

async function opened(options: Partial<JsonlStorageOptions> = {}): Promise<Opened> {
  const medium = new SimMedium()
  const clock = new SimClock()
  const events: StorageEvent[] = []
  const storage = simStorage(boot(medium), { clock, timers: clock, ...options })
  const { writer } = await storage.openWriter('test', { notify: (event) => events.push(event) })
  return { medium, writer, clock, events }
}

test('the system’s time may step back: it is told, and the order of commits is their seq', async () => {
  const { writer, clock, events } = await opened()
  await append(writer, [recordOf(1)])
  clock.step(-500)
  await append(writer, [recordOf(2)])
  expect(events, 'half a second is what a clock may be set right by').toEqual([])
  clock.step(-3_600_000)
  await append(writer, [recordOf(3)])
  clock.step(7_200_000)
  await append(writer, [recordOf(4)])
  expect(events).toEqual([{ kind: 'clockBack', backMs: 3_600_000 }])
  clock.step(-2_000)
  clock.pass(5_000)
  expect(events.at(-1), 'an idle writer finds it out too').toEqual({ kind: 'clockBack', backMs: 2_000 })
  expect(await readAll(writer)).toEqual([1, 2, 3, 4].map((name) => textOf(recordOf(name))))
})

test('a segment ends by its age, at the next commit, whatever the time of day does', async () => {
  const { writer, clock } = await opened({ segmentAgeMs: 60_000, idleProofMs: 0, fenceCheckMs: 0 })
  const segments = async (): Promise<number> => (await writer.stats()).segments
  await append(writer, [recordOf(1)])
  clock.step(86_400_000)
  await append(writer, [recordOf(2)])
  expect(await segments()).toBe(1)
  clock.pass(60_001)
  expect(await segments(), 'an idle segment stays').toBe(1)
  await append(writer, [recordOf(3)])
  expect(await segments()).toBe(2)
  clock.pass(60_001)
  await append(writer, [recordOf(4)])
  expect(await segments()).toBe(3)
  expect(await readAll(writer)).toHaveLength(4)
  await writer.close()
})

test('at level interval what is at risk is told, and is safe after the interval', async () => {
  const { medium, writer, clock } = await opened({ intervalMs: 1_000 })
  await append(writer, [recordOf(1)])
  await append(writer, [recordOf(2)], 'interval')
  await append(writer, [recordOf(3)], 'interval')
  expect(await writer.stats()).toMatchObject({ lastSeq: 3, durableSeq: 1 })
  clock.pass(1_000)
  await nextTurn()
  expect(await writer.stats()).toMatchObject({ lastSeq: 3, durableSeq: 3 })
  const { recovery } = await simStorage(boot(medium.afterPowerCut(seededPick(1)))).openWriter('next')
  expect(recovery.lastSeq).toBe(3)
})

test('one append at level commit lifts its whole batch; a barrier lifts what was there before', async () => {
  const { writer } = await opened()
  const levels = ['none', 'commit', 'none'] as const
  await Promise.all(
    levels.map((durability, at) => writer.append([recordOf(at)], { expectedSeq: at, commitId: `c${at}`, durability })),
  )
  expect(await writer.stats()).toMatchObject({ lastSeq: 3, durableSeq: 3 })
  await append(writer, [recordOf(4)], 'none')
  expect(await writer.stats()).toMatchObject({ lastSeq: 4, durableSeq: 3 })
  await append(writer, [], 'commit')
  expect(await writer.stats()).toMatchObject({ lastSeq: 4, durableSeq: 4 })
})

test('a stop is told once, and the health says so', async () => {
  const { medium, writer, events } = await opened()
  medium.onStep = ({ operation }) => (operation === 'datasync' ? { fail: 'EIO' } : undefined)
  await expect(append(writer, [recordOf(1)])).rejects.toMatchObject({ code: 'UNKNOWN' })
  await expect(append(writer, [recordOf(1)])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await writer.close()
  expect(events).toEqual([{ kind: 'stopped', code: 'STORAGE_FAILED', message: expect.stringContaining('EIO') }])
})

test('a writer that has retired is read on, and leaves the way free for the next one', async () => {
  const { medium, writer } = await opened()
  const kept = await append(writer, [recordOf(1)])
  await writer.retire?.()
  expect(medium.files().has('/store/LOCK')).toBe(false)
  expect((await writer.fetch(kept)).map((bytes) => bytes && textOf(bytes))).toEqual([textOf(recordOf(1))])
  await expect(append(writer, [recordOf(2)])).rejects.toMatchObject({ code: 'CLOSED' })
  await writer.retire?.()
  await writer.close()
  await expect(writer.fetch(kept)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a barrier behind what is durable writes nothing', async () => {
  const { medium, writer } = await opened()
  await append(writer, [recordOf(1)])
  const { steps } = medium
  await append(writer, [], 'commit')
  expect(medium.steps).toBe(steps)
  await writer.close()
})
