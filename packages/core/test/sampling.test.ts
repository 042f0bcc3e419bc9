import { expect, test } from 'vitest'
import { Sampling } from '../src/observation/sampling.ts'

function taken(every: number, count: number): readonly { readonly at: number; readonly weight: number }[] {
  const sampling = new Sampling(every)
  const all = Array.from({ length: count }, (_, at) => ({ at, weight: sampling.take() }))
  expect(sampling.seen).toBe(count)
  return all.filter(({ weight }) => weight > 0)
}

test('each of the first is taken, and later one of about so many', () => {
  const some = taken(64, 100_000)
  expect(some.slice(0, 64).map(({ at }) => at)).toEqual(Array.from({ length: 64 }, (_, at) => at))
  expect(100_000 / some.length).toBeGreaterThan(56)
  expect(100_000 / some.length).toBeLessThan(72)
})

test('what is taken stands for itself and for all that were not taken since: none is counted twice or left out', () => {
  for (const every of [1, 2, 8, 64]) {
    const some = taken(every, 10_000)
    const last = some.at(-1)
    expect(some.reduce((sum, { weight }) => sum + weight, 0)).toBe((last?.at ?? 0) + 1)
  }
})

test('its steps are not all alike, so that no rhythm hides from it', () => {
  // Of messages that alternate, a fixed step of 64 would only ever meet every second kind.
  const even = taken(64, 100_000).filter(({ at }) => at % 2 === 0).length
  const all = taken(64, 100_000).length
  expect(even / all).toBeGreaterThan(0.4)
  expect(even / all).toBeLessThan(0.6)
})
