import type { Deleted, Operation, StoredRecord } from '@stateward/contract'
import type { Call } from './model-store.ts'
import type { TinyState } from './open-tiny.ts'

/** Sends a call of the model to a store, and gives its answers as a list. Returns before it is answered. */
export function askCall(state: TinyState, call: Call, txid?: string): Promise<readonly (StoredRecord | Deleted)[]> {
  const more = txid === undefined ? {} : { txid }
  if (call.kind === 'transact')
    return state.ask('transact', { operations: call.ops, ...more }).then(({ results }) => results)
  if (call.kind === 'many') return askMany(state, call.ops, more)
  const { op, ...body } = call.op
  // The fields of an operation are those of the message of the same name.
  return state.ask(op, { ...body, ...more } as never).then((answer) => [answer as unknown as StoredRecord])
}

function askMany(
  state: TinyState,
  ops: readonly Operation[],
  more: { txid?: string },
): Promise<readonly (StoredRecord | Deleted)[]> {
  const type = 'task'
  switch (ops[0]?.op) {
    case 'update': {
      const updates = ops.flatMap((op) => {
        if (op.op !== 'update') return []
        const { op: _, type: __, ...row } = op
        return [row]
      })
      return state.ask('updateMany', { type, updates, ...more })
    }
    case 'delete':
      return state.ask('deleteMany', { type, ids: ops.flatMap((op) => (op.op === 'delete' ? [op.id] : [])), ...more })
    default:
      return state.ask('createMany', {
        type,
        rows: ops.flatMap((op) => (op.op === 'create' ? [op.data] : [])),
        ...more,
      })
  }
}
