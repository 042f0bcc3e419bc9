import type { CursorOperation, MessageKind, Operation, Seq } from '@stateward/contract'
import { checkList } from './plain-door.ts'

/** Any write as the operations of a transaction. */
export function operationsOf(kind: MessageKind, body: object): (Operation | CursorOperation)[] {
  const { ids, operations, rows, updates, txid: _, ...rest } = body as unknown as Record<string, object[]>
  const all = (list: unknown, make: (one: object) => object): Operation[] =>
    (checkList(list) as object[]).map((one) => make(one) as Operation)
  switch (kind) {
    case 'createMany':
      return all(rows, (data) => ({ ...rest, op: 'create', data }))
    case 'updateMany':
      return all(updates, (update) => ({ ...rest, op: 'update', ...update }))
    case 'deleteMany':
      return all(ids, (id) => ({ ...rest, op: 'delete', id }))
    case 'transact':
      return all(operations, (operation) => operation)
    default:
      return [{ ...rest, op: kind } as unknown as Operation]
  }
}

/** What a write answers. */
export function answerOf(kind: MessageKind, results: readonly unknown[], seq: Seq): unknown {
  if (kind === 'transact') return { seq, results }
  return kind.endsWith('Many') ? results : results[0]
}
