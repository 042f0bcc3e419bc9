import type { Timers } from '@stateward/contract'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'

/** How long a transaction that loses every time waits before each of its tries; `byte` is all that its randomness gives. */
async function waitsOf(byte: number, retries: number): Promise<readonly number[]> {
  const waits: number[] = []
  const timers: Timers = {
    after(ms, callback, options) {
      // What is there to keep the process alive is waited for.
      if (options?.keepAlive === true) {
        waits.push(ms)
        setImmediate(callback)
      }
      return () => undefined
    },
  }
  const random = { bytes: (count: number) => new Uint8Array(count).fill(byte) }
  const { state } = await openTiny({ timers, random, checkpoints: false, compaction: false })
  await state.task.create({ id: 'a', n: 0 })
  let n = 0
  const losing = state.transaction(
    async (tx) => {
      await tx.task.get('a')
      await state.task.update('a', { n: ++n })
      await tx.task.update('a', { title: 'never' })
    },
    { retries },
  )
  expect(await codeOf(losing)).toBe('CONFLICT')
  await state.close()
  return waits
}

test('a transaction that lost waits a random part of a time that doubles up to a bound, before each of a bounded number of tries', async () => {
  const [soon, late, never] = [await waitsOf(64, 12), await waitsOf(192, 12), await waitsOf(0, 12)]
  for (const waits of [soon, late, never]) expect(waits).toHaveLength(12)
  expect(late).toEqual(soon.map((ms) => ms * 3))
  expect(never.every((ms) => ms === 0)).toBe(true)
  expect(soon[1]).toBe((soon[0] ?? 0) * 2)
  expect(soon.at(-1)).toBe(soon.at(-2))
  expect(soon.at(-1)).toBeGreaterThan(soon[3] ?? 0)
})
