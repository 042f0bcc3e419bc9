import { isDeepStrictEqual } from 'node:util'
import type { Storage } from '@stateward/core'
import { type IssueState, openIssues } from './open-issues.ts'
import { count, duration, type Progress } from './progress.ts'

/** Where the issues go and who is told. */
export interface Stage {
  readonly storage: Storage
  /** Whether the storage outlives its closing. */
  readonly lasting: boolean
  readonly progress: Progress
  /** Milliseconds. */
  readonly now: () => number
}

/**
 * Opens a store, lets `work` fill it and verifies it; where it lasts, opens it once more and compares every record.
 * Answers whether all of that held.
 */
export async function carryOut(stage: Stage, work: (state: IssueState) => Promise<void>): Promise<boolean> {
  const before = await opened(stage, async (state) => {
    await work(state)
    return (await verified(state, stage)) ? await everyRecord(state) : undefined
  })
  if (before === undefined || !stage.lasting) return before !== undefined
  const started = stage.now()
  return opened(stage, async (state) => {
    const took = duration(stage.now() - started)
    const same = isDeepStrictEqual(await everyRecord(state), before)
    const verdict = same ? 'each as it was' : 'NOT as they were'
    stage.progress.say(`  reopened in ${took}: ${count(before.length)} live records, ${verdict}`)
    return (await verified(state, stage)) && same
  })
}

async function opened<T>(stage: Stage, use: (state: IssueState) => Promise<T>): Promise<T> {
  const state = await openIssues(stage.storage)
  try {
    return await use(state)
  } finally {
    await state.close()
  }
}

function everyRecord(state: IssueState): Promise<readonly object[]> {
  return state.issue.where().all()
}

async function verified(state: IssueState, { progress, now }: Stage): Promise<boolean> {
  const started = now()
  const { ok, storage, indexes } = await state.verify()
  const took = duration(now() - started)
  const { bytes, lastSeq, segments } = await state.stats()
  progress.say(
    `  verify ${ok ? 'ok' : 'FAILED'} in ${took}: ${count(storage.commits)} commits, ${indexes.length} indexes; ` +
      `last seq ${count(lastSeq)}, ${count(bytes)} bytes, segments: ${segments}`,
  )
  for (const { file, line, byte, reason } of storage.damage)
    progress.say(`    ${file}:${line} (byte ${byte}): ${reason}`)
  for (const index of indexes.filter((one) => !one.ok)) progress.say(`    index ${index.name}: ${index.found}`)
  return ok
}
