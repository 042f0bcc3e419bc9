import type { Durability, Operation, OrderBy, Where } from '@stateward/contract'
import type { Retention } from '@stateward/storage-jsonl'
import fc from 'fast-check'
import { call, population, revival } from '../../../core/test/arbitrary-calls.ts'
import type { Call } from '../../../core/test/model-store.ts'
import { orderBy, where } from '../../../core/test/naive-query.ts'

/** One command that is carried out on the store and on its model. */
export type Step =
  /** All of them without waiting in between; in a transaction the operations of the first call only. */
  | { readonly do: 'calls' | 'transaction' | 'compact beside'; readonly calls: readonly Call[] }
  | { readonly do: 'query'; readonly where: Where; readonly orderBy: OrderBy[]; readonly limit: number }
  /** Sets the day's time, or lets time pass, in ms. */
  | { readonly do: 'set clock' | 'pass'; readonly ms: number }
  | { readonly do: 'compact' | 'reopen' | 'snapshot' | 'flush' }
  | Crash
  /** The step of the disk with this number from now on fails once; then the store is reopened in place if it has stopped. */
  | { readonly do: 'fail'; readonly calls: readonly Call[]; readonly at: number; readonly isSync: boolean }
  /** So many bytes are left, for these calls. */
  | { readonly do: 'full'; readonly calls: readonly Call[]; readonly room: number; readonly compacts: boolean }

/** The process dies before the step `at` of the disk; its successor dies before the step `again` of its recovery. */
export interface Crash {
  readonly do: 'crash'
  readonly calls: readonly Call[]
  readonly compacts: boolean
  readonly at: number
  readonly again: number | undefined
  /** Seeds what a power cut leaves; `undefined`: only the process dies. */
  readonly powerCut: number | undefined
}

/** How a store is opened, and what is done with it. */
export interface Plan {
  readonly durability: Durability
  readonly retention: Retention
  readonly hasCheckpoints: boolean
  readonly cacheBytes: number | undefined
  readonly steps: readonly Step[]
  /** Whether the store is closed at the end, opened again, and everything in it looked at, with its history and indexes; else its records. */
  readonly endsInReopening: boolean
}

const calls = fc.array(call, { minLength: 1, maxLength: 5 })
const populate: Step = { do: 'calls', calls: [population] }
const revive: Step = { do: 'calls', calls: revival }
const powerCut = fc.option(fc.nat(), { nil: undefined })

const crash: fc.Arbitrary<Step> = fc
  .record({
    calls,
    compacts: fc.boolean(),
    at: fc.integer({ min: 1, max: 24 }),
    again: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 3 }),
    powerCut,
  })
  .map((crash) => ({ do: 'crash', ...crash }))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: calls.map((calls): Step => ({ do: 'calls', calls })) },
  { weight: 3, arbitrary: calls.map((calls): Step => ({ do: 'transaction', calls })) },
  { weight: 1, arbitrary: calls.map((calls): Step => ({ do: 'compact beside', calls })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ where, orderBy, limit: fc.integer({ min: 1, max: 4 }) })
      .map((query): Step => ({ do: 'query', ...query })),
  },
  { weight: 1, arbitrary: fc.constantFrom(1, -5_000, 86_400_000).map((ms): Step => ({ do: 'set clock', ms })) },
  { weight: 1, arbitrary: fc.constantFrom(25, 2_000, 10_000).map((ms): Step => ({ do: 'pass', ms })) },
  { weight: 1, arbitrary: fc.constant(revive) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>(
      { do: 'compact' },
      { do: 'reopen' },
      { do: 'snapshot' },
      { do: 'snapshot' },
      { do: 'flush' },
    ),
  },
  { weight: 4, arbitrary: crash },
  {
    weight: 2,
    arbitrary: fc
      .record({ calls, at: fc.integer({ min: 1, max: 6 }), isSync: fc.boolean() })
      .map((fail): Step => ({ do: 'fail', ...fail })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ calls, room: fc.integer({ min: 0, max: 1_500 }), compacts: fc.boolean() })
      .map((full): Step => ({ do: 'full', ...full })),
  },
)

/** Without history a deleted record behind a base cannot be restored, and which are behind it the model does not know. */
function withoutRestores(step: Step): Step {
  if (!('calls' in step)) return step
  const kept = (op: Operation): Operation =>
    op.op === 'restore' ? { op: 'update', type: op.type, id: op.id, changes: {} } : op
  const calls = step.calls.map(
    (call): Call => (call.kind === 'one' ? { ...call, op: kept(call.op) } : { ...call, ops: call.ops.map(kept) }),
  )
  return { ...step, calls }
}

/** Most histories are short, because a bug mostly shows in a few steps after one of many beginnings; some have time to grow. */
const steps = fc.oneof(
  { weight: 7, arbitrary: fc.array(step, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 12, size: 'max' }) },
)

export const plan: fc.Arbitrary<Plan> = fc
  .record({
    durability: fc.constantFrom<Durability>('commit', 'commit', 'interval', 'none'),
    retention: fc.constantFrom<Retention>('all', 'all', 'none', { versions: 2 }),
    hasCheckpoints: fc.nat(7).map((n) => n === 0),
    cacheBytes: fc.constantFrom(undefined, 1, 800),
    steps: steps.map((steps) => [populate, ...steps]),
    endsInReopening: fc.nat(3).map((n) => n === 0),
  })
  .map((plan) => (plan.retention === 'none' ? { ...plan, steps: plan.steps.map(withoutRestores) } : plan))
