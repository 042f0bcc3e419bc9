import { describe, expect, test } from 'vitest'
import { closedLoop } from '../src/measure/closed-loop.ts'
import { median, quantile } from '../src/measure/quantile.ts'
import { readLoop } from '../src/measure/read-loop.ts'
import { Samples } from '../src/measure/samples.ts'
import { StallWatch } from '../src/measure/stall-watch.ts'
import { isWarm } from '../src/measure/timing.ts'
import { turn } from '../src/measure/turn.ts'

const timing = { warmMs: 1, warmOperations: 10, runMs: 5 }

describe('a closed loop', () => {
  test('counts the whole of a group whose answers are the first, and come when the time is over', async () => {
    const { operations } = await closedLoop({
      callers: 8,
      timing: { warmMs: 0, warmOperations: 0, runMs: 1 },
      operation: groupsOf(8, 2),
    })
    expect(operations).toBe(8)
  })

  test('never has more calls under way than callers, and waits for all of them', async () => {
    let underWay = 0
    let most = 0
    const measured = await closedLoop({
      callers: 100,
      timing,
      operation: async () => {
        most = Math.max(most, ++underWay)
        await turn()
        underWay--
      },
    })
    expect(most).toBe(100)
    expect(underWay).toBe(0)
    expect(measured.operations).toBeGreaterThan(0)
  })

  test('tells when it is warm and nothing is under way, and counts nothing from before', async () => {
    let begun = 0
    let warm = 0
    const { operations } = await closedLoop({
      callers: 2,
      timing,
      operation: () => ++begun,
      onWarm: () => {
        warm = begun
      },
    })
    expect(warm).toBeGreaterThan(0)
    expect(operations).toBeLessThanOrEqual(begun - warm)
  })

  test('lets the event loop turn even when every answer is there at once', async () => {
    let turned = false
    setImmediate(() => {
      turned = true
    })
    await closedLoop({ callers: 1, timing, operation: () => undefined })
    expect(turned).toBe(true)
  })

  test('goes on to the first answer when none comes in time', async () => {
    const blockMs = 30
    const measured = await closedLoop({
      callers: 1,
      timing,
      operation: () => {
        const end = performance.now() + blockMs
        while (performance.now() < end);
      },
    })
    expect(measured.operations).toBe(1)
    expect(measured.value).toBeLessThanOrEqual(1000 / blockMs)
    expect(measured.p50).toBeGreaterThanOrEqual(blockMs)
    expect(measured.stallMs).toBeGreaterThanOrEqual(blockMs)
    expect(measured.cpuUs).toBeGreaterThan(0)
  })

  test('rejects with what an operation rejects with', async () => {
    const operation = () => Promise.reject(new Error('broke'))
    await expect(closedLoop({ callers: 1, timing, operation })).rejects.toThrow('broke')
  })
})

test('a read loop asks with numbers that count up', async () => {
  const asked: number[] = []
  const measured = await readLoop(timing, (at) => asked.push(at))
  expect(asked.every((at, index) => at === index)).toBe(true)
  expect(measured.operations).toBeLessThan(asked.length)
  expect(measured.p99).toBeGreaterThanOrEqual(measured.p50 ?? Number.POSITIVE_INFINITY)
})

test('a loop that never turned has stalled all the time', async () => {
  const watch = new StallWatch()
  await watch.start()
  const blockMs = 20
  const end = performance.now() + blockMs
  while (performance.now() < end);
  const { stallMs, stallP99Ms } = await watch.stop()
  expect(stallMs).toBeGreaterThanOrEqual(blockMs)
  expect(stallP99Ms).toBeLessThanOrEqual(stallMs)
})

test('quantiles and medians are values that occurred', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(3)
  expect(median([])).toBeUndefined()
  expect(
    quantile(
      Float64Array.from({ length: 100 }, (_, at) => 99 - at),
      0.99,
    ),
  ).toBe(99)
})

test('samples beyond the bound replace the oldest', () => {
  const samples = new Samples()
  const bound = 1 << 20
  for (let at = 0; at <= bound; at++) samples.add(at)
  const values = samples.values()
  expect(samples.count).toBe(bound + 1)
  expect(values).toHaveLength(bound)
  expect([values[0], values[1]]).toEqual([bound, 1])
})

test.for([
  [{ spent: 99, operations: 1e6 }, false],
  [{ spent: 100, operations: 999 }, false],
  [{ spent: 100, operations: 1000 }, true],
  [{ spent: 1999, operations: 999 }, false],
  [{ spent: 2000, operations: 0 }, true],
] as const)('%j: warm is %s', ([{ spent, operations }, warm]) => {
  expect(isWarm({ warmMs: 100, warmOperations: 1000, runMs: 1 }, spent, operations)).toBe(warm)
})

/** Answers so many callers together, once so many milliseconds have gone by since the first of them came. */
function groupsOf(size: number, ms: number): () => Promise<void> {
  const waiting: (() => void)[] = []
  const answerAll = async (): Promise<void> => {
    const until = performance.now() + ms
    while (waiting.length < size || performance.now() < until) await turn()
    for (const answer of waiting.splice(0)) answer()
  }
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) void answerAll()
    })
}
