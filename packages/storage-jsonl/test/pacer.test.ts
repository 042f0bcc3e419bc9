import { SimClock } from '@stateward/conformance'
import type { Durability } from '@stateward/contract'
import { expect, test } from 'vitest'
import { ClockWatch } from '../src/appending/clock-watch.ts'
import { Pacer } from '../src/appending/pacer.ts'
import { assertRoomForBase } from '../src/appending/room.ts'
import { nodeDisk } from '../src/index.ts'

/** A pacer, and what it did: the action and when. */
function paced(pace: { intervalMs?: number; idleProofMs?: number; fenceCheckMs?: number }) {
  const clock = new SimClock()
  const did: string[] = []
  const told: unknown[] = []
  const act = (name: string) => async (): Promise<void> => {
    did.push(`${name} ${clock.monotonicMs()}`)
  }
  const pacer = new Pacer(
    clock,
    { intervalMs: 0, idleProofMs: 0, fenceCheckMs: 0, ...pace },
    { sync: act('sync'), prove: act('prove'), check: act('check'), watch: new ClockWatch(clock, (e) => told.push(e)) },
  )
  /** Milliseconds one by one, and a batch of this level at each of the given times. */
  const live = async (ms: number, level: Durability = 'none', times: readonly number[] = []): Promise<void> => {
    for (let left = ms; left > 0; left--) {
      clock.pass(1)
      await Promise.resolve()
      await Promise.resolve()
      if (times.includes(clock.monotonicMs())) pacer.committed(level)
    }
  }
  return { pacer, clock, did, told, live }
}

test('what is written at the level interval is synced once an interval after the first of it', async () => {
  const { did, live } = paced({ intervalMs: 10 })
  await live(40, 'interval', [1, 2, 9, 15])
  expect(did).toEqual(['sync 11', 'sync 25'])
  await live(20, 'none', [45])
  expect(did).toHaveLength(2)
})

test('that all is durable is said once nothing was written for a while, by one timer for a whole spell of work', async () => {
  const { did, live } = paced({ idleProofMs: 10 })
  await live(100, 'commit', [1, 3, 12, 14, 50])
  expect(did).toEqual(['prove 31', 'prove 60'])
})

test('whether this writer is the newest is looked at again and again, and so is the clock', async () => {
  const { did, told, live, clock } = paced({ fenceCheckMs: 10 })
  await live(35)
  expect(did).toEqual(['check 10', 'check 20', 'check 30'])
  clock.step(-5_000)
  await live(10)
  expect(told).toEqual([{ kind: 'clockBack', backMs: 5_000 }])
})

test('0 is never, and after the end nothing is done', async () => {
  const never = paced({})
  await never.live(50, 'commit', [1, 2])
  await never.live(50, 'interval', [51, 52])
  expect(never.did).toEqual([])
  const closed = paced({ intervalMs: 10, idleProofMs: 10, fenceCheckMs: 10 })
  await closed.live(2, 'interval', [1])
  await closed.live(2, 'commit', [3])
  closed.pacer.close()
  closed.pacer.committed('commit')
  closed.pacer.committed('interval')
  await closed.live(50)
  expect(closed.did).toEqual([])
})

test('a base is begun where a fifth more than it took last time is free', async () => {
  const disk = (freeBytes: number) => ({ ...nodeDisk, space: async () => ({ freeBytes, totalBytes: 10_000 }) })
  await assertRoomForBase(disk(120), '/store', 100)
  await expect(assertRoomForBase(disk(119), '/store', 100)).rejects.toMatchObject({
    code: 'FULL',
    details: { neededBytes: 120, freeBytes: 119 },
  })
  const blind = { ...nodeDisk, space: () => Promise.reject(new Error('no answer')) }
  await assertRoomForBase(blind, '/store')
  await expect(assertRoomForBase(blind, '/store', 1)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})
