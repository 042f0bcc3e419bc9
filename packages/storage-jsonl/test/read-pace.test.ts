import type { Clock } from '@stateward/contract'
import { expect, test } from 'vitest'
import { ReadPace } from '../src/files/read-pace.ts'

function paced(): { pace: ReadPace; clock: Clock & { ms: number }; read: (bytes: number, tookMs: number) => boolean } {
  const clock = { ms: 0, now: () => 0, monotonicMs: () => clock.ms }
  const pace = new ReadPace(clock)
  const read = (bytes: number, tookMs: number): boolean => {
    if (!pace.allows(bytes)) return false
    pace.measured(bytes, () => {
      clock.ms += tookMs
      return bytes
    })
    return true
  }
  return { pace, clock, read }
}

test('reads that come from memory are made within the call, up to what a turn has room for', () => {
  const { pace, read } = paced()
  for (let at = 0; at < 64; at++) expect(read(4_096, 0.01)).toBe(true)
  expect(read(4_096, 0.01)).toBe(false)
  pace.turned()
  expect(read(262_144, 0.01)).toBe(true)
  expect(read(1, 0.01)).toBe(false)
})

test('a slow read sends those after it to the threads, for a hundred times as long as it took', () => {
  const { clock, read } = paced()
  expect(read(4_096, 8)).toBe(true)
  clock.ms += 799
  expect(read(4_096, 8)).toBe(false)
  clock.ms += 1
  expect(read(4_096, 0.01)).toBe(true)
  expect(read(4_096, 0.01)).toBe(true)
})

test('a read that fails slowly counts as well', () => {
  const { pace, clock } = paced()
  const failing = (): number => {
    clock.ms += 30
    throw new Error('EIO')
  }
  expect(() => pace.measured(1, failing)).toThrow('EIO')
  expect(pace.allows(1)).toBe(false)
})
