import { boot, failure, SimClock, type SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { Fence } from '../src/locking/fence.ts'
import type { HeldLock } from '../src/locking/lock.ts'
import { killedLog } from './simulated/edited.ts'

const lock = (isOurs: boolean): HeldLock => ({ method: 'flock', isOurs: async () => isOurs, release: async () => {} })

function fenceOf(medium: SimMedium, { epoch = 1, isOurs = true, clock = new SimClock() } = {}): Fence {
  return new Fence({ disk: boot(medium), clock, dir: '/store', lock: lock(isOurs), epoch, fenceCheckMs: 1_000 })
}

test('a writer whose LOCK and manifest are its own goes on', async () => {
  const clock = new SimClock()
  const fence = fenceOf(await killedLog(), { clock })
  clock.pass(1_001)
  expect(fence.isOld).toBe(true)
  await fence.assertNewest()
  expect(fence.isOld).toBe(false)
  expect(await fence.look()).toBeUndefined()
})

test.each<[string, (medium: SimMedium) => void | Promise<void>, number, boolean, object]>([
  ['another LOCK', () => {}, 1, false, { details: { epoch: 1, found: 1 }, message: /LOCK is another file now/ }],
  ['a higher epoch', () => {}, 0, true, { details: { epoch: 0, found: 1 }, message: /of epoch 1, this writer of 0/ }],
  [
    'no manifest',
    (medium) => boot(medium).remove('/store/manifest.json'),
    1,
    true,
    { details: { epoch: 1 }, message: /of epoch none, this writer of 1/ },
  ],
])('with %s it is FENCED', async (_name, change, epoch, isOurs, told) => {
  const medium = await killedLog()
  await change(medium)
  const message = 'message' in told ? expect.stringMatching(told.message as RegExp) : ''
  const fence = fenceOf(medium, { epoch, isOurs })
  await expect(fence.assertNewest()).rejects.toMatchObject({ ...told, code: 'FENCED', message })
  expect(await fence.look()).toMatchObject({ code: 'FENCED' })
})

test('a look that fails says nothing', async () => {
  const medium = await killedLog()
  medium.onCall = ({ path }) => {
    throw failure('EIO', path)
  }
  expect(await fenceOf(medium).look()).toBeUndefined()
  await expect(fenceOf(medium).assertNewest()).rejects.toMatchObject({ code: 'EIO' })
})
