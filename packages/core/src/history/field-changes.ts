import { compareValues, type FieldChange, type StoredRecord } from '@stateward/contract'
import { ownValue } from '../validation/own-value.ts'

/** What every version changes, and nobody asks for. */
const silent: ReadonlySet<string> = new Set(['rev', 'updated_at'])

/** The top-level fields in which two versions of a record differ, those that were there first, in their order. */
export function fieldChanges(
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): readonly FieldChange[] {
  const changes: FieldChange[] = []
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  for (const field of fields) {
    if (silent.has(field)) continue
    const was = before === undefined ? undefined : ownValue(before, field)
    const is = after === undefined ? undefined : ownValue(after, field)
    if (was === is || (was !== undefined && is !== undefined && compareValues(was, is) === 0)) continue
    changes.push({ field, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) })
  }
  return changes
}
