import { describe, expect, test } from 'vitest'
import { systemClock } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'

const referencedTimers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

describe('systemClock', () => {
  test('never goes back', () => {
    const first = systemClock.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(first)
  })

  test('calls back', async () => {
    await new Promise<void>((resolve) => {
      // The test itself keeps the process alive: the clock's timers do not.
      const alive = setInterval(() => undefined, 1_000)
      systemClock.setTimer(() => {
        clearInterval(alive)
        resolve()
      }, 1)
    })
  })

  test('keeps no process alive, even with a delay beyond the longest timer', () => {
    const before = referencedTimers()
    const cancels = [10_000, 1e12].map((ms) => systemClock.setTimer(() => undefined, ms))
    expect(referencedTimers()).toBe(before)
    for (const cancel of cancels) cancel()
  })
})

describe('manualClock', () => {
  test('fires in order of time, each at its time, also what is set meanwhile', () => {
    const clock = manualClock(1_000)
    const fired: [string, number][] = []
    clock.setTimer(() => fired.push(['second', clock.now()]), 20)
    clock.setTimer(() => {
      fired.push(['first', clock.now()])
      clock.setTimer(() => fired.push(['nested', clock.now()]), 5)
    }, 10)
    const cancel = clock.setTimer(() => fired.push(['cancelled', clock.now()]), 15)
    cancel()
    clock.setTimer(() => fired.push(['not yet', clock.now()]), 31)
    clock.advance(30)
    expect(fired).toEqual([
      ['first', 1_010],
      ['nested', 1_015],
      ['second', 1_020],
    ])
    expect(clock.now()).toBe(1_030)
    expect(clock.pendingTimers).toBe(1)
  })
})
