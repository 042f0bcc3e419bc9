import type { FieldKind, StoredRecord } from '@stateward/contract'
import { fieldValue } from './field-value.ts'
import { combinedKey } from './probed-keys.ts'
import { valueKey } from './value-key.ts'

/** Fields of which the values count together, and how those of each compare. */
export interface FieldKey {
  readonly fields: readonly string[]
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
}

/**
 * A text that two records share if and only if they hold the same in all of these fields, as `sameValue` says. `undefined`
 * for a record that lacks one of them, or holds null in it.
 */
export function heldKey({ fields, kinds }: FieldKey, record: StoredRecord): string | undefined {
  const keys: string[] = []
  for (const [at, field] of fields.entries()) {
    const value = fieldValue(record, field)
    if (value === undefined || value === null) return undefined
    keys.push(valueKey(value, kinds[at] ?? 'value'))
  }
  return combinedKey(keys)
}
