import { performance } from 'node:perf_hooks'
import { expectEqual, idsOf } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const rows = 20

/** S1: a new process opens the store, closed cleanly before, and asks for the newest 20 of a status. Its code is loaded. */
export const firstAnswer: Workload = {
  id: 'S1',
  title: 'open to first answer, new process',
  unit: 'ms',
  stage: 'start',
  takes: [['query', 'reopen']],
  // No more than five times as long as SQLite, ten times from a million records on.
  bar: { times: 1 / 5, against: ['sqlite'], fromSize: { size: 1_000_000, times: 1 / 10 } },
  async run(session) {
    const before = performance.now()
    const store = await session.open()
    const found = await readsOf(store).newest('running', rows)
    const value = performance.now() - before
    expectEqual('newest running', new KnownAnswers(session.data).newest('running', rows), idsOf(found))
    return { value, operations: 1 }
  },
}
