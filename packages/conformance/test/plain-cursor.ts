import { type CursorOperation, type CursorRecord, cursorType, type Deleted, type Seq } from '@stateward/contract'
import { refuse } from './plain-door.ts'
import type { PlainDraft } from './plain-draft.ts'

let taken = 0

export function isCursorOperation(operation: { readonly op: string }): operation is CursorOperation {
  return operation.op === 'takeCursor' || operation.op === 'ack' || operation.op === 'dropCursor'
}

/** Takes a cursor, moves it or removes it. */
export function plainCursor(draft: PlainDraft, operation: CursorOperation, lastSeq: Seq): CursorRecord | Deleted {
  const { cursor: id } = operation
  const before = draft.get(cursorType, id) as CursorRecord | undefined
  const times = { created_at: draft.now, updated_at: draft.now }
  if (operation.op === 'takeCursor') {
    const { since = 1 } = operation
    if (since > lastSeq + 1) refuse('INVALID', 'since')
    taken += 1
    return put(draft, { ...times, seq: since - 1, ...before, id, token: `t${taken}` })
  }
  if (operation.op === 'dropCursor') {
    if (before === undefined) refuse('NOT_FOUND', 'no cursor')
    if (operation.token !== undefined && before.token !== operation.token) refuse('FENCED', 'taken')
    const rev = draft.nextRev(cursorType, id)
    draft.set(cursorType, { rev, type: cursorType, record: undefined, last: before })
    return { id, rev }
  }
  const { token, seq } = operation
  if (seq > lastSeq) refuse('INVALID', 'seq')
  if (before === undefined) refuse('NOT_FOUND', 'no cursor')
  if (before.token !== token) refuse('FENCED', 'taken')
  if (seq <= before.seq) refuse('CONFLICT', 'done', { seq: before.seq })
  return put(draft, { ...before, seq })
}

function put(draft: PlainDraft, fields: Omit<CursorRecord, 'rev'>): CursorRecord {
  const rev = draft.nextRev(cursorType, String(fields.id))
  const record = { ...fields, rev } as CursorRecord
  draft.set(cursorType, { rev, type: cursorType, record, last: record })
  return record
}
