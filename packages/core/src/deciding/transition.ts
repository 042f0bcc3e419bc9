import { type Entity, StatewardError, type StoredRecord } from '@stateward/contract'
import { invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

/** Refuses a new record whose status is none of the type's table: `INVALID`. */
export function checkInitialStatus(type: string, entity: Entity, record: StoredRecord): void {
  if (entity.status === undefined) return
  const { field, transitions } = entity.status
  const status = record[field]
  if (typeof status === 'string' && Object.hasOwn(transitions, status)) return
  throw invalid(
    `expected ${field} of a new ${type} to be one of ${Object.keys(transitions).join(', ')}, found ${describe(status)}`,
    { type, field, known: Object.keys(transitions) },
  )
}

/** Refuses a change of status that the type's table does not hold: `ILLEGAL_TRANSITION` with what would be allowed. */
export function checkTransition(type: string, entity: Entity, before: StoredRecord, after: StoredRecord): void {
  if (entity.status === undefined) return
  const { field, transitions } = entity.status
  const from = before[field]
  const to = after[field]
  if (from === to || typeof from !== 'string') return
  const allowed = Object.hasOwn(transitions, from) ? (transitions[from] ?? []) : []
  if (typeof to === 'string' && allowed.includes(to)) return
  throw new StatewardError(
    'ILLEGAL_TRANSITION',
    `expected ${type} ${before.id} to go from ${from} to ${allowed.join(' or ') || 'nothing further'}, found ${String(to)}`,
    {
      details: { type, id: before.id, from, to, allowed },
    },
  )
}
