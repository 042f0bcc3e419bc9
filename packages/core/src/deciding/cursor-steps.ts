import {
  type CursorOperation,
  cursorType,
  type Deleted,
  type Entity,
  entity,
  type JsonObject,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { checkedId, checkedSeq, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { Deciding } from './deciding.ts'
import type { AckStep, DropCursorStep, TakeCursorStep } from './step.ts'

export interface CursorDoor {
  readonly makeId: () => string
  /** The last commit that anybody can have been told of. */
  readonly lastSeq: () => Seq
}

/** The store itself makes the records of cursors; nobody else can. */
const cursorEntity: Entity = entity({
  schema: { '~standard': { version: 1, vendor: 'stateward', validate: (value) => ({ value }) } },
  id: 'string',
})

/** Checks an operation on a cursor. */
export function cursorStep(
  operation: CursorOperation,
  { makeId, lastSeq }: CursorDoor,
): TakeCursorStep | AckStep | DropCursorStep {
  const target = { type: cursorType, entity: cursorEntity, id: checkedId(operation.cursor) }
  const newest = lastSeq()
  if (operation.op === 'takeCursor') {
    const since = Math.max(1, checkedSeq('since', operation.since ?? 1))
    if (since > newest + 1) throw tooFar('since', since, newest + 1)
    return { op: 'takeCursor', ...target, token: makeId(), since }
  }
  if (operation.op === 'dropCursor') {
    const { token } = operation
    return { op: 'dropCursor', ...target, token: token === undefined ? undefined : checkedToken(token) }
  }
  const { seq, at } = operation
  const token = checkedToken(operation.token)
  if (checkedSeq('seq', seq) > newest || seq === 0) throw tooFar('seq', seq, newest)
  if (at !== undefined && !(Number.isSafeInteger(at) && at >= 0))
    throw invalid(`expected at to be the place of a change in its commit, found ${describe(at)}`)
  return { op: 'ack', ...target, token, seq, at }
}

function checkedToken(token: unknown): string {
  if (typeof token === 'string' && token !== '') return token
  throw invalid(`expected the token that taking the cursor gave, found ${describe(token)}`)
}

/** See `CursorOperation`. */
export function takeCursor({ id, token, since }: TakeCursorStep, { draft }: Deciding): StoredRecord {
  const before = draft.head(cursorType, id)?.record
  const position = before === undefined ? { seq: since - 1 } : positionOf(before)
  return put(draft, id, { token, ...position, created_at: before?.created_at ?? draft.timestamp })
}

/** See `CursorOperation`. */
export function ack({ id, token, seq, at }: AckStep, { draft }: Deciding): StoredRecord {
  const before = taken(draft, id, token)
  if (!isBehind({ seq, at }, positionOf(before))) throw doneAlready(id, positionOf(before))
  return put(draft, id, { token, seq, ...(at === undefined ? {} : { at }), created_at: before.created_at })
}

/** See `CursorOperation`. */
export function dropCursor({ id, token }: DropCursorStep, { draft }: Deciding): Deleted {
  taken(draft, id, token)
  return Object.freeze({ id, rev: draft.remove(cursorType, id) })
}

/** The cursor, if it is there and whoever has this token still has it. */
function taken(draft: Deciding['draft'], id: string, token: string | undefined): StoredRecord {
  const cursor = draft.head(cursorType, id)?.record
  if (cursor === undefined)
    throw new StatewardError('NOT_FOUND', `expected a cursor called ${id}, found none; take it first`, {
      details: { cursor: id },
    })
  if (token !== undefined && cursor.token !== token) throw takenOver(id)
  return cursor
}

function put(draft: Deciding['draft'], id: string, fields: JsonObject): StoredRecord {
  return draft.put(cursorType, id, { id, ...fields, updated_at: draft.timestamp })
}

function positionOf({ seq, at }: StoredRecord): { readonly seq: Seq; readonly at?: number } {
  return { seq: Number(seq), ...(typeof at === 'number' ? { at } : {}) }
}

interface Position {
  readonly seq: Seq
  readonly at?: number | undefined
}

function isBehind({ seq, at = Number.POSITIVE_INFINITY }: Position, before: Position): boolean {
  return seq > before.seq || (seq === before.seq && at > (before.at ?? Number.POSITIVE_INFINITY))
}

function takenOver(cursor: string): StatewardError {
  return new StatewardError(
    'FENCED',
    `expected to be the one consumer of the cursor ${cursor}, found that somebody has taken it since, or that the token is of another store; nothing was written; take it again to go on`,
    { details: { cursor } },
  )
}

function doneAlready(cursor: string, { seq, at }: Position): StatewardError {
  return new StatewardError(
    'CONFLICT',
    `expected a change behind the cursor ${cursor}, found one that was acknowledged before; nothing was written`,
    { details: { cursor, seq, ...(at === undefined ? {} : { at }) } },
  )
}

function tooFar(name: string, found: Seq, most: Seq): StatewardError {
  return invalid(`expected ${name} to be from 1 to ${most}, found ${found}; it is of another store, or was lost`, {
    [name]: found,
  })
}
