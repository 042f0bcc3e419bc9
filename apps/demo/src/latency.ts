import { performance } from 'node:perf_hooks'
import type { DemoState } from './demo-state.ts'

/** How long questions took, in milliseconds. */
export interface Latency {
  readonly queries: number
  readonly p50: number
  readonly p99: number
}

const rounds = 500

/** Asks the questions of a working day again and again, one at a time. */
export async function measureQueries(state: DemoState, planId: string): Promise<Latency> {
  const [spec] = await state.spec.where({ plan_id: planId }).limit(1).all()
  const id = spec?.id ?? ''
  const questions: readonly (() => Promise<unknown>)[] = [
    () => state.spec.get(id),
    () => state.spec.where({ plan_id: planId, status: 'completed' }).all(),
    () => state.phase.where({ spec_id: id }).orderBy('order').all(),
    () => state.execution.where({ status: 'failed' }).orderBy('updated_at', 'desc').limit(20).all(),
    () => state.spec.where({ plan_id: planId }).groupBy('status'),
  ]
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const ask of questions) {
      const started = performance.now()
      await ask()
      times.push(performance.now() - started)
    }
  }
  times.sort((left, right) => left - right)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { queries: times.length, p50: at(0.5), p99: at(0.99) }
}
