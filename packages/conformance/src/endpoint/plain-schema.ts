import type { JsonValue, Schema, SchemaIssue } from '@stateward/contract'

/** Says what is wrong with a value, `undefined` when nothing is. */
export type Check = (value: unknown) => string | undefined

export interface Fields {
  readonly required?: Readonly<Record<string, Check>>
  readonly optional?: Readonly<Record<string, Check>>
  /** Given to records that leave the field out. */
  readonly defaults?: Readonly<Record<string, JsonValue>>
}

/** A Standard Schema of an object, by hand, so that the suite needs no schema library. Fields that it does not know pass. */
export function plainSchema<Input, Output = Input>(fields: Fields): Schema<Input, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'stateward',
      validate(value) {
        const given: Record<string, unknown> = { ...fields.defaults, ...(value as object) }
        const issues = issuesOf(given, fields)
        // What has passed the checks is what the caller declared it to be.
        return issues.length > 0 ? { issues } : { value: given as Output }
      },
    },
  }
}

/** The same schema, answering later: after `delay_ms` of the record, or in the next turns of the event loop. */
export function slowSchema<Input, Output>(schema: Schema<Input, Output>): Schema<Input, Output> {
  const { validate } = schema['~standard']
  return {
    '~standard': {
      ...schema['~standard'],
      async validate(value) {
        const { delay_ms = 0 } = value as { delay_ms?: number }
        await new Promise((resolve) => setTimeout(resolve, delay_ms))
        return validate(value)
      },
    },
  }
}

export const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'expected a text')

export const wholeNumber: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'expected a whole number ≥ 0'

export const textList: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'expected a list of texts'

export function oneOf(...words: readonly string[]): Check {
  return (value) => (words.some((word) => word === value) ? undefined : `expected one of ${words.join(', ')}`)
}

function issuesOf(given: Readonly<Record<string, unknown>>, { required = {}, optional = {} }: Fields): SchemaIssue[] {
  const issues: SchemaIssue[] = []
  const look = (field: string, check: Check): void => {
    const message = check(given[field])
    if (message !== undefined) issues.push({ message, path: [field] })
  }
  for (const [field, check] of Object.entries(required)) look(field, check)
  for (const [field, check] of Object.entries(optional)) if (given[field] !== undefined) look(field, check)
  return issues
}
