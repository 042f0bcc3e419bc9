import { type Change, type Seq, StatewardError } from '@stateward/contract'

/** Of a change that needs a version before it, and has none. */
export function orphan(seq: Seq, { type, id, rev }: Pick<Change, 'type' | 'id' | 'rev'>): StatewardError {
  const found = rev === 0 ? `no ${type} ${id}` : `no version ${rev - 1} of ${type} ${id}`
  return new StatewardError(
    'CORRUPT',
    `expected seq ${seq} to update a record that is there, found ${found}; a line before it is missing`,
    {
      details: { seq, type, id },
    },
  )
}
