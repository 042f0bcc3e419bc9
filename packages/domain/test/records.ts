import type { JsonObject, StoredRecord } from '@stateward/contract'

const system = { rev: 1, created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' }

/** A stored plan, spec, phase or execution: the fields that rules look at, and whatever a test sets. */
export const planRecord = (id: string, fields: JsonObject = {}): StoredRecord => ({
  id,
  name: id,
  status: 'running',
  ...fields,
  ...system,
})

export const specRecord = (id: string, fields: JsonObject = {}): StoredRecord =>
  planRecord(id, { plan_id: 'p', dependencies: [], status: 'pending', ...fields })

export const phaseRecord = (id: string, fields: JsonObject = {}): StoredRecord =>
  planRecord(id, { spec_id: 's', order: 0, status: 'pending', ...fields })

export const executionRecord = (id: string, fields: JsonObject = {}): StoredRecord =>
  planRecord(id, { target_type: 'plan', target_id: 'p', status: 'running', ...fields })
