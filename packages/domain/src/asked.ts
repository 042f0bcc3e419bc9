import { type JsonObject, StatewardError } from '@stateward/contract'
import type { ZodType } from 'zod'

/** The ask of a question or a command, checked. Throws `INVALID` naming what does not fit. */
export function asked<T>(schema: ZodType<T>, ask: JsonObject, name: string): T {
  const result = schema.safeParse(ask)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`)
  throw new StatewardError('INVALID', `expected the ask of ${name} to be as documented, found ${issues.join('; ')}`, {
    details: { name, issues },
  })
}
