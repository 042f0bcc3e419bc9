import type { State } from '@stateward/core'
import { expect } from 'vitest'
import { askCall } from '../../../core/test/ask-call.ts'
import { compareOutcome, settled } from '../../../core/test/compare-outcome.ts'
import type { TinyDomain } from '../../../core/test/tiny-domain.ts'
import { compareRecords, recordsOf } from './compare-store.ts'
import { isFailure } from './refusal.ts'
import type { Answered, Sending } from './send.ts'

/**
 * Sends again, with its txid, every call that the disk has failed. One that is in the log is answered and not made again;
 * one that is not is made now, on what is there now. Afterwards the store holds what the model does.
 */
export async function resend(
  state: State<TinyDomain>,
  { model, answers, now }: Pick<Sending, 'model' | 'now'> & { readonly answers: readonly Answered[] },
): Promise<void> {
  const survived = model.lastSeq
  const unknown = answers.filter(({ found }) => 'reason' in found && isFailure(found.reason))
  for (const { call, txid, seq } of unknown) {
    const isThere = seq !== undefined && seq <= survived
    const { outcome } = isThere ? { outcome: undefined } : model.predict(call, now)
    const found = await settled(askCall(state, call, txid))
    if (outcome !== undefined) compareOutcome(call, found, outcome)
    else expect(found, `a call that is commit ${seq}, sent again`).toHaveProperty('answer')
    expect((await state.stats()).lastSeq, 'commits after a call was sent again').toBe(model.lastSeq)
  }
  if (unknown.length > 0) await compareRecords(state, recordsOf(model.store))
}
