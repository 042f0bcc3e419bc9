import type { StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dependencyRule } from '../src/dependency-rule.ts'
import { MapReader } from './map-reader.ts'
import { specRecord } from './records.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const plans = ['p', 'q']

type Edges = ReadonlyMap<string, readonly string[]>

/** Every simple way out of `at`, tried to its end. */
function leadsTo(edges: Edges, at: string, target: string, passed: readonly string[] = []): boolean {
  if (passed.includes(at)) return false
  return (edges.get(at) ?? []).some((next) => next === target || leadsTo(edges, next, target, [...passed, at]))
}

/** Length of the shortest cycle through `start`, by trying every simple way; infinite when there is none. */
function shortestCycle(edges: Edges, start: string, at = start, passed: readonly string[] = []): number {
  if (passed.includes(at)) return Number.POSITIVE_INFINITY
  const onward = (edges.get(at) ?? []).map((next) =>
    next === start ? passed.length + 1 : shortestCycle(edges, start, next, [...passed, at]),
  )
  return Math.min(Number.POSITIVE_INFINITY, ...onward)
}

const id = fc.constantFrom(...ids)
const targets = fc.oneof({ weight: 9, arbitrary: fc.uniqueArray(id, { maxLength: 3 }) }, fc.array(id, { maxLength: 3 }))
const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ op: fc.constant('set' as const), id, to: targets }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), id }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('restore' as const), id }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('move' as const), id, plan: fc.constantFrom(...plans) }) },
)

/** What the slow way says about the specs as they would be: `undefined` when nothing speaks against `after`. */
function slowVerdict(
  live: ReadonlyMap<string, StoredRecord>,
  before: StoredRecord | undefined,
  after: StoredRecord,
): 'reference' | 'cycle' | undefined {
  const all = new Map([...live, [after.id, after]])
  const dependencies = dependenciesOf(after)
  const former = before === undefined ? [] : dependenciesOf(before)
  const added = dependencies.filter((other) => !former.includes(other))
  if (new Set(dependencies).size < dependencies.length) return 'reference'
  if (added.some((other) => other === after.id || !live.has(other))) return 'reference'
  const crosses = [...all.values()].some((spec) =>
    dependenciesOf(spec).some((other) => all.has(other) && all.get(other)?.plan_id !== spec.plan_id),
  )
  if (crosses) return 'reference'
  const edges = new Map([...all].map(([key, spec]) => [key, dependenciesOf(spec)]))
  return ids.some((start) => leadsTo(edges, start, start)) ? 'cycle' : undefined
}

const dependenciesOf = (spec: StoredRecord): string[] =>
  Array.isArray(spec.dependencies) ? spec.dependencies.map(String) : []

test('on random histories the rule refuses exactly what a slow search refuses, and names a true shortest cycle', () => {
  let cycles = 0
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const reader = new MapReader()
      const live = new Map<string, StoredRecord>()
      const deleted = new Map<string, StoredRecord>()
      const write = (spec: StoredRecord): void => {
        live.set(spec.id, reader.put('spec', spec))
        deleted.delete(spec.id)
      }
      for (const at of ids) write(specRecord(at))
      for (const action of steps) {
        const before = live.get(action.id)
        if (action.op === 'delete') {
          if (before === undefined) continue
          reader.remove('spec', action.id)
          live.delete(action.id)
          deleted.set(action.id, before)
          continue
        }
        const base = action.op === 'restore' ? deleted.get(action.id) : before
        if (base === undefined) continue
        const changes =
          action.op === 'set' ? { dependencies: action.to } : action.op === 'move' ? { plan_id: action.plan } : {}
        const after = { ...base, ...changes }
        const expected = slowVerdict(live, before, after)
        const violation = dependencyRule({ type: 'spec', before, after }, reader)
        const cycle = violation?.details?.cycle
        expect(violation === undefined ? undefined : cycle === undefined ? 'reference' : 'cycle').toBe(expected)
        if (violation === undefined) write(after)
        else if (Array.isArray(cycle)) {
          cycles += 1
          const edges = new Map([...live, [after.id, after] as const].map(([key, spec]) => [key, dependenciesOf(spec)]))
          expect(cycle[0]).toBe(after.id)
          cycle.forEach((from, place) => {
            expect(edges.get(from)).toContain(cycle[(place + 1) % cycle.length])
          })
          expect(cycle).toHaveLength(shortestCycle(edges, after.id))
        }
      }
    }),
    { numRuns: 300, seed: 20_260_131 },
  )
  // Otherwise the histories would prove nothing.
  expect(cycles).toBeGreaterThan(500)
})
