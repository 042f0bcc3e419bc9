import type { JsonObject } from '@stateward/contract'
import { type ZodType, z } from 'zod'
import { domainLimits } from './domain-limits.ts'
import { bytesIn, isWithinBytes } from './text-schema.ts'

/** A JSON object of any content, at most 16 KiB as JSON in UTF-8. */
export const objectSchema: ZodType<JsonObject, JsonObject> = z
  .custom<JsonObject>(isJsonObject, { error: 'expected an object that JSON can hold' })
  .refine((value) => isWithinBytes(JSON.stringify(value), domainLimits.metadataBytes), {
    error: (issue) =>
      `expected at most ${domainLimits.metadataBytes} bytes as JSON, found ${bytesIn(JSON.stringify(issue.input))}: ` +
      'keep bulk output in a file and name it here',
    // Without this an object that JSON cannot hold would be measured too.
    when: ({ issues }) => issues.length === 0,
  })

function isJsonObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  try {
    return typeof JSON.stringify(value) === 'string'
  } catch {
    // A cycle, a big integer, or nesting that the stack cannot hold.
    return false
  }
}
