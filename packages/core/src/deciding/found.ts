import { StatewardError, type StoredRecord } from '@stateward/contract'
import type { HeadReader } from '../records/heads.ts'

/** The live record of an id; `NOT_FOUND` without one, `CONFLICT` where it is not at the version expected. */
export function found(
  { type, id }: { type: string; id: string },
  heads: Pick<HeadReader, 'head'>,
  expectedRev: number | undefined,
): StoredRecord {
  const record = heads.head(type, id)?.record
  if (record === undefined) throw notFound(type, id)
  if (expectedRev === undefined || expectedRev === record.rev) return record
  throw conflict({ type, id }, expectedRev, record.rev)
}

export function conflict(
  { type, id }: { readonly type: string; readonly id: string },
  expectedRev: number,
  currentRev: number,
): StatewardError {
  return new StatewardError(
    'CONFLICT',
    `expected ${type} ${id} at rev ${expectedRev}, found rev ${currentRev}; read it again and decide anew`,
    { details: { type, id, expectedRev, currentRev } },
  )
}

export function notFound(type: string, id: string): StatewardError {
  return new StatewardError(
    'NOT_FOUND',
    `expected a ${type} with the id ${JSON.stringify(id)}, found none; create it, or restore it if it was deleted`,
    { details: { type, id } },
  )
}
