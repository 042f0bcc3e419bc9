import { performance } from 'node:perf_hooks'
import { idsOf } from '../check.ts'
import { readsOf } from '../part-of.ts'
import type { Session } from '../session.ts'

/** What is asked first: the newest so many phases with this status. */
export const firstQuestion = { status: 'running', rows: 20 } as const

/** Opens the store and asks; milliseconds until the answer is there. */
export async function timeToAnswer(
  session: Session,
): Promise<{ readonly value: number; readonly ids: readonly string[] }> {
  const before = performance.now()
  const store = await session.open()
  const found = await readsOf(store).newest(firstQuestion.status, firstQuestion.rows)
  return { value: performance.now() - before, ids: idsOf(found) }
}
