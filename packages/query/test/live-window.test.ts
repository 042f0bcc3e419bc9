import { entity, type StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyLive } from '../src/results/apply-live.ts'
import { LiveWindow, liveDifference } from '../src/results/live-window.ts'
import { compileOrder } from '../src/values/order.ts'

const anything = entity({
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
})
const compare = compileOrder([['n', 'asc']], anything)
const matches = ({ n }: StoredRecord): boolean => Number(n) < 8
const record = (id: number, n: number, rev: number): StoredRecord => ({
  ...{ id: `r${id}`, n, rev, created_at: '', updated_at: '' },
})

const steps = fc.array(fc.record({ id: fc.nat(9), n: fc.option(fc.nat(9)) }), { maxLength: 60 })

test('a window of any size tells what makes one first-so-many of the next, after every change', () => {
  fc.assert(
    fc.property(
      steps,
      steps,
      fc.integer({ min: 1, max: 5 }),
      fc.nat(3),
      fc.nat(3),
      (before, after, limit, reserve, group) => {
        const all = new Map<string, StoredRecord>()
        let rev = 0
        const take = ({ id, n }: { id: number; n: number | null }): StoredRecord | undefined => {
          const next = n === null ? undefined : record(id, n, ++rev)
          if (next === undefined) all.delete(`r${id}`)
          else all.set(next.id, next)
          return next
        }
        const sorted = (): StoredRecord[] => [...all.values()].filter(matches).sort(compare)
        for (const step of before) take(step)
        const first = sorted().slice(0, limit + reserve)
        const window = new LiveWindow({ compare, matches, limit, reserve }, first, first.length === sorted().length)
        let told: readonly StoredRecord[] = window.rows
        for (const [at, step] of after.entries()) {
          window.take(`r${step.id}`, take(step))
          // Several changes make one commit, and only then the index is asked.
          if (at % (group + 1) !== 0) continue
          const { last, missing } = window
          if (missing > 0) {
            const behind = sorted().filter((row) => last === undefined || compare(last, row) < 0)
            window.refill(behind.slice(0, missing), behind.length <= missing)
          }
          const changes = window.drain()
          const expected = sorted().slice(0, limit)
          const old = told
          told = changes.length === 0 ? told : applyLive(told, { kind: 'changes', seq: 1, changes })
          expect(told).toEqual(expected)
          expect(window.rows).toEqual(expected)
          expect(applyLive(old, { kind: 'changes', seq: 1, changes: liveDifference(old, expected) })).toEqual(expected)
        }
      },
    ),
    { numRuns: 200 },
  )
})
