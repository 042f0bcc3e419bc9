import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from '../src/deadlines.ts'
import { manualClock } from '../src/testing.ts'

interface Item {
  readonly id: number
  readonly deadline: number
  deadlineSlot: number
}

type Step = { op: 'add'; in: number } | { op: 'remove'; at: number } | { op: 'advance'; ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('add' as const), in: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.nat(40) }) },
)

test('deadlines fire what a sorted array would, on one timer that ends with the last item', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const clock = manualClock()
      const fired: Item[] = []
      const deadlines = new Deadlines<Item>(clock, (item) => {
        if (clock.now() !== item.deadline) expect.fail(`fired at ${clock.now()}, due at ${item.deadline}`)
        fired.push(item)
      })
      let kept: Item[] = []
      for (const [id, next] of steps.entries()) {
        if (next.op === 'add') {
          const item = { id, deadline: clock.now() + next.in, deadlineSlot: -1 }
          kept.push(item)
          deadlines.add(item)
        } else if (next.op === 'remove') {
          const [item] = kept.splice(next.at % Math.max(1, kept.length), 1)
          if (item !== undefined) deadlines.remove(item)
        } else {
          fired.length = 0
          clock.advance(next.ms)
          const due = kept.filter((item) => item.deadline <= clock.now())
          kept = kept.filter((item) => item.deadline > clock.now())
          expect(new Set(fired)).toEqual(new Set(due))
          expect(fired.map((item) => item.deadline)).toEqual(due.map((item) => item.deadline).sort((a, b) => a - b))
        }
        if (clock.pendingTimers !== Math.min(1, kept.length))
          expect.fail(`${kept.length} items, ${clock.pendingTimers} timers`)
      }
    }),
    { numRuns: 200 },
  )
})

test('a timer that comes early fires nothing and is set again', () => {
  const clock = manualClock()
  const early = { now: clock.now, setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, ms / 2) }
  const fired: number[] = []
  const deadlines = new Deadlines<Item>(early, (item) => fired.push(item.id))
  deadlines.add({ id: 1, deadline: 64, deadlineSlot: -1 })
  clock.advance(63)
  expect(fired).toEqual([])
  clock.advance(1)
  expect(clock.pendingTimers + fired.length).toBe(1)
})
