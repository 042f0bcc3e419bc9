import type { Index, Probe, StoredRecord } from '@stateward/contract'
import { fieldValue } from '../keys/field-value.ts'

type Shaped = Pick<Index, 'fields' | 'shape'>

/** Whether this index can be asked for the records that hold one value in each of these fields, and for hardly any others. */
export function isExactFor({ fields, shape }: Shaped, asked: readonly string[]): boolean {
  const leading = fields.slice(0, shape.equal)
  const isBounded = shape.range && asked.includes(fields[shape.equal] ?? '')
  return leading.every((field) => asked.includes(field)) && leading.length + Number(isBounded) === asked.length
}

/** Asks such an index for the records that hold what this one holds in these fields, of which it must lack none. */
export function exactProbe({ fields, shape }: Shaped, asked: readonly string[], record: StoredRecord): Probe {
  const equal = fields.slice(0, shape.equal).map((field) => [fieldValue(record, field) ?? null])
  if (equal.length === asked.length) return { equal }
  const bound = { value: fieldValue(record, fields[shape.equal] ?? '') ?? null, inclusive: true }
  return { equal, from: bound, to: bound }
}
