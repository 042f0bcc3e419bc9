import type { StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FormerVersions, type Since } from '../src/records/former-versions.ts'
import type { Watcher } from '../src/state/live.ts'

const ids = ['a', 'b', 'c'] as const
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ op: fc.constant('change' as const), id: fc.constantFrom(...ids) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('begin' as const) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('end' as const), which: fc.nat() }) },
  ),
  { maxLength: 60 },
)

/** As it would be kept for each by itself. */
interface Plain {
  readonly since: Since
  readonly before: Map<string, StoredRecord | undefined>
}

test('each moment is told what a map of its own would hold', () => {
  const change = { type: { name: 't' } } as unknown as { type: Parameters<Watcher>[0] }
  fc.assert(
    fc.property(steps, fc.boolean(), (history, isSwept) => {
      const watchers = new Set<Watcher>()
      const former = new FormerVersions(watchers, isSwept ? 0 : undefined)
      const open: Plain[] = []
      const now = new Map<string, StoredRecord>()
      for (const [at, step] of history.entries()) {
        if (step.op === 'begin') open.push({ since: former.begin(), before: new Map() })
        if (step.op === 'end') open.splice(step.which % Math.max(1, open.length), 1)[0]?.since.over()
        if (step.op === 'change') {
          const before = now.get(step.id)
          for (const one of open) if (!one.before.has(step.id)) one.before.set(step.id, before)
          for (const watcher of watchers) watcher(change.type, step.id, undefined, before)
          now.set(step.id, { id: step.id, rev: at, created_at: '', updated_at: '' })
        }
        for (const { since, before } of open) {
          const changed = former.changedSince('t', since)
          expect(new Map(changed)).toEqual(before)
          for (const id of ids) {
            expect(changed.has(id)).toBe(before.has(id))
            expect(changed.get(id)).toBe(before.get(id))
          }
          expect([...former.changedSince('another', since)]).toEqual([])
        }
        expect(former.kept).toBeLessThanOrEqual(isSwept ? 2 * ids.length * open.length + 1 : at + 1)
        if (open.length === 0) expect([former.kept, watchers.size]).toEqual([0, 0])
      }
    }),
    { numRuns: 200 },
  )
})
