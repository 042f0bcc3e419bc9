import { describe, expect, test } from 'vitest'
import { inTurns, middleOf, ratioOf } from '../src/measure/in-turns.ts'
import { News } from '../src/measure/news.ts'
import { openLoop } from '../src/measure/open-loop.ts'
import type { Timing } from '../src/measure/timing.ts'

const timing: Timing = { warmMs: 1, warmOperations: 10, runMs: 5, turns: 5 }

describe('arms in turns', () => {
  test('come one after the other, and get warm once each', async () => {
    const taken: string[] = []
    const arm = (name: string) => ({
      run: async ({ warmOperations }: Timing) => {
        taken.push(`${name}${warmOperations}`)
        return { value: taken.length, operations: 1 }
      },
    })
    const turns = await inTurns({ a: arm('a'), b: arm('b') }, timing)
    expect(taken).toEqual(['a10', 'b10', 'a0', 'b0', 'a0', 'b0', 'a0', 'b0', 'a0', 'b0'])
    expect(turns('b').map(({ value }) => value)).toEqual([2, 4, 6, 8, 10])
    expect(middleOf(turns('a')).value).toBe(5)
  })

  test('are compared turn by turn, so that a load that comes and goes is the same for both', () => {
    const through = (these: readonly number[], those: readonly number[]): number => ratioOf(these, those, (one) => one)
    expect(through([2, 20, 200], [1, 10, 100])).toBe(2)
    expect(ratioOf([{ p99: 3 }, {}], [{ p99: 2 }, { p99: 1 }], ({ p99 }: { p99?: number }) => p99)).toBe(1.5)
  })
})

describe('an open loop', () => {
  test('begins as many operations as the time has, though none is answered', async () => {
    let begun = 0
    const answers: (() => void)[] = []
    const measured = openLoop({
      perSecond: 1000,
      runMs: 10,
      operation: () =>
        new Promise<void>((resolve) => {
          answers.push(resolve)
          if (++begun === 10) for (const answer of answers) answer()
        }),
    })
    expect((await measured).operations).toBe(10)
  })

  test('counts a duration from when the operation was due', async () => {
    const due: number[] = []
    await openLoop({ perSecond: 100, runMs: 30, operation: async (ms) => due.push(ms) })
    const [first = 0, second = 0, third = 0] = due
    expect([second - first, third - second].map(Math.round)).toEqual([10, 10])
  })
})

describe('news', () => {
  test('are timed write by write, also where one tells of several', async () => {
    const news = new News()
    news.begin()
    const now = performance.now()
    for (const due of [now - 100, now - 50]) news.acknowledged(news.asked(due))
    news.heard(2)
    await news.complete()
    expect(news.heardP99).toBeGreaterThanOrEqual(100)
    expect(news.behindP99).toBeLessThan(100)
    expect(news.differences).toBe(1)
  })

  test('of which more come than were written are wrong', async () => {
    const news = new News()
    news.begin()
    news.heard(1)
    await expect(news.complete()).rejects.toThrow('wrong answer')
  })
})
