import type { Deleted, Operation, StoredRecord } from '@stateward/contract'
import type { State } from '@stateward/core'
import { askCall } from '../../../core/test/ask-call.ts'
import { type Settled, settled } from '../../../core/test/compare-outcome.ts'
import type { Call } from '../../../core/test/model-store.ts'
import type { TinyDomain } from '../../../core/test/tiny-domain.ts'
import type { Predicted, TrackedModel } from './tracked-model.ts'

/** A call, what the model says of it, and what the store has answered. */
export interface Sent extends Predicted {
  readonly call: Call
  /** By which it may be sent again when nobody knows what became of it. */
  readonly txid: string | undefined
  readonly found: Promise<Settled>
}

/** A call that has been answered, one way or the other. */
export type Answered = Omit<Sent, 'found'> & { readonly found: Settled }

export interface Sending {
  readonly model: TrackedModel
  readonly calls: readonly Call[]
  readonly now: string
  /** Each call gets a txid that begins so; without it they have none. */
  readonly txids?: string
}

/** Sends calls without waiting in between, so that several commits are under way at once. */
export function send(state: State<TinyDomain>, { model, calls, now, txids }: Sending): readonly Sent[] {
  return calls.map((call, at) => {
    const txid = txids === undefined ? undefined : `${txids}-${at}`
    return { call, txid, ...model.predict(call, now), found: settled(askCall(state, call, txid)) }
  })
}

export async function answered(sent: readonly Sent[]): Promise<readonly Answered[]> {
  return Promise.all(sent.map(async (one) => ({ ...one, found: await one.found })))
}

/** What a transaction can do of these calls: it knows no restoration. */
export function asTransaction(calls: readonly Call[]): readonly Operation[] {
  return calls.flatMap((call) => (call.kind === 'one' ? [call.op] : call.ops)).filter(({ op }) => op !== 'restore')
}

/** The operations of one transaction, each after a read of its record. */
export function transacted(
  state: State<TinyDomain>,
  operations: readonly Operation[],
): Promise<readonly (StoredRecord | Deleted)[]> {
  return state.transaction(async (tx) => {
    const results: (StoredRecord | Deleted)[] = []
    for (const op of operations) {
      // Every type of the tiny domain has the same methods, and checks what it is given by itself.
      const records = tx[op.type as 'task']
      const id = op.op === 'create' ? String(op.data.id) : op.id
      await records.get(id)
      if (op.op === 'create') results.push((await records.create(op.data as never)) as StoredRecord)
      else if (op.op === 'update') {
        const { changes, op: _, type: __, id: ___, ...options } = op
        results.push((await records.update(id, changes as never, options as never)) as StoredRecord)
      } else if (op.op === 'delete') {
        const { op: _, type: __, id: ___, ...options } = op
        results.push(await records.delete(id, options))
      }
    }
    return results
  })
}
