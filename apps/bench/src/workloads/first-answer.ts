import { expectEqual } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import type { Bar, Workload } from '../workload.ts'
import { firstQuestion, timeToAnswer } from './time-to-answer.ts'

/** No more than five times as long as SQLite, ten times from a million records on. */
export const openingBar: Bar = { times: 1 / 5, against: ['sqlite'], fromSize: { size: 1_000_000, times: 1 / 10 } }

/** S1: a new process opens the store, closed cleanly before, and asks for the newest 20 of a status. Its code is loaded. */
export const firstAnswer: Workload = {
  id: 'S1',
  title: 'open to first answer, new process',
  unit: 'ms',
  stage: 'start',
  takes: [['start']],
  bar: openingBar,
  async run(session) {
    const { value, ids } = await timeToAnswer(session)
    const { status, rows } = firstQuestion
    expectEqual(`newest ${status}`, new KnownAnswers(session.data).newest(status, rows), ids)
    return { value, operations: 1 }
  },
}
