import { instantKey, type JsonValue } from '@stateward/contract'
import { invalid } from './check.ts'
import { describe } from './frozen-json.ts'

/** A time that a caller gives for `created_at` or `updated_at`: an RFC 3339 date-time, kept as it is; `INVALID` else. */
export function checkedTime(field: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || instantKey(value) === undefined)
    throw invalid(
      `expected ${field} to be an RFC 3339 date-time such as 2026-01-31T10:00:00.000Z, found ${describe(value)}`,
    )
  return value
}
