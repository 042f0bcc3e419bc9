import type { Entity, StoredRecord } from '@stateward/contract'
import { targetType } from './references.ts'

/** A record that another one names, whether it is there or not. */
export interface Target {
  readonly type: string
  readonly id: string
}

/** Every record that these rows name by these references, each perhaps several times; those that are not there too. */
export function* targetsOf(
  entity: Entity,
  include: readonly string[],
  rows: readonly StoredRecord[],
): Generator<Target> {
  for (const field of include) {
    for (const row of rows) {
      const value: unknown = row[field]
      for (const one of Array.isArray(value) ? value : [value]) {
        const target = targetOf(entity, field, row, one)
        if (target !== undefined) yield target
      }
    }
  }
}

/** What a row names by a reference of its type, in this value; `undefined` where that names nothing. */
export function targetOf({ refs }: Entity, field: string, row: StoredRecord, id: unknown): Target | undefined {
  const reference = refs[field]
  const type = reference === undefined || typeof id !== 'string' ? undefined : targetType(reference, row)
  return type === undefined || typeof id !== 'string' ? undefined : { type, id }
}
