import { instantKey } from '@stateward/contract'
import { type ZodString, z } from 'zod'
import { domainLimits } from './domain-limits.ts'

/** 1 to 500 characters. */
export const nameSchema: ZodString = z
  .string()
  .min(1, { error: `expected 1 to ${domainLimits.nameChars} characters, found an empty text` })
  .refine((text) => text.length <= domainLimits.nameChars || charsIn(text) <= domainLimits.nameChars, {
    error: (issue) =>
      `expected at most ${domainLimits.nameChars} characters, found ${charsIn(String(issue.input))}: ` +
      'put the rest into a field for long texts',
  })

/** At most 64 KiB of UTF-8; may be empty. */
export const descriptionSchema: ZodString = z
  .string()
  .refine((text) => isWithinBytes(text, domainLimits.descriptionBytes), {
    error: (issue) =>
      `expected at most ${domainLimits.descriptionBytes} bytes as UTF-8, found ${bytesIn(String(issue.input))}: ` +
      'keep bulk output in a file and name it here',
  })

/** The id of a record: whether there is such a record is not the schema's to know. */
export const idSchema: ZodString = z.string().min(1, { error: 'expected the id of a record, found an empty text' })

/** An RFC 3339 date-time with any offset and any fraction; kept as it is given. */
export const dateTimeSchema: ZodString = z.string().refine((text) => instantKey(text) !== undefined, {
  error: 'expected an RFC 3339 date-time, such as 2026-01-31T10:00:00.000Z or 2026-01-31T12:00:00+02:00',
})

/** Whether `text` takes at most `bytes` bytes as UTF-8; counts them only when it must. */
export function isWithinBytes(text: string, bytes: number): boolean {
  // A UTF-16 code unit becomes one to three bytes.
  if (text.length * 3 <= bytes) return true
  return text.length <= bytes && bytesIn(text) <= bytes
}

/** Length as UTF-8. */
export function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length
}

function charsIn(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
