import type { Storage } from '@stateward/contract'
import { expect } from 'vitest'
import type { TinyState } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'

export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * Looks that a call is refused with this code, that the message says what was expected and what was found, and that log
 * and memory are as they were. Gives the refusal back.
 */
export async function refused(
  { state, storage }: { state: TinyState; storage: Storage },
  code: string,
  call: () => Promise<unknown>,
): Promise<Refusal> {
  const before = await everything(state, storage)
  const error = await call().then(
    (answer) => ({ code: 'none', message: `accepted: ${JSON.stringify(answer)}`, details: {} }),
    (reason: Refusal) => reason,
  )
  expect({ code: error.code, message: error.message }).toEqual({ code, message: error.message })
  expect(error.message).toMatch(/expected|no value may|no field can|unknown key/)
  expect(error.message).toMatch(/found|no value may|no field can|unknown key|at most/)
  expect(error.details).toBeTypeOf('object')
  expect(await everything(state, storage)).toEqual(before)
  return error
}

/** What the log holds and what memory says, hits of the cache aside. */
async function everything(state: TinyState, storage: Storage): Promise<unknown> {
  const { cache, messages, appends, memory, plans, ...stats } = await state.stats()
  const records = await Promise.all(
    ['plan', 'task', 'link', 'note'].map((type) => state.ask('query', { type }).then(({ rows }) => rows)),
  )
  return { stats, cached: cache.records, log: await rawLog(storage), records }
}
