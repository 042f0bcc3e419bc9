import type { Store } from './store.ts'

export interface Latency {
  readonly name: string
  readonly p50Us: number
  readonly p99Us: number
}

const rounds = 2_000

/** How long the commonest questions take, one at a time, on this machine and this store. */
export async function latenciesOf(state: Store, planId: string, nowMs: () => number): Promise<readonly Latency[]> {
  const ids = (await state.spec.where({ plan_id: planId }).all()).map(({ id }) => id)
  const questions: readonly [string, (round: number) => Promise<unknown>][] = [
    ['a spec by its id', (round) => state.spec.get(ids[round % ids.length] ?? '')],
    ['specs of the plan', () => state.spec.where({ plan_id: planId }).all()],
    [
      'completed, newest 20',
      () => state.spec.where({ status: 'completed' }).orderBy('updated_at', 'desc').limit(20).all(),
    ],
    ['counts by status', () => state.spec.groupBy('status')],
  ]
  const latencies: Latency[] = []
  for (const [name, ask] of questions) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const start = nowMs()
      await ask(round)
      times.push((nowMs() - start) * 1_000)
    }
    times.sort((a, b) => a - b)
    latencies.push({ name, p50Us: times[rounds / 2] ?? 0, p99Us: times[Math.floor(rounds * 0.99)] ?? 0 })
  }
  return latencies
}
