import { type Entity, entity, type JsonObject, type SchemaIssue, type SchemaResult } from '@stateward/contract'

/** What a ticket holds: a check for each field; a field that is not here is kept as it is. */
const checks: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  title: (value) => (typeof value === 'string' && value !== '' ? undefined : 'expected a text that is not empty'),
  points: (value) => (Number.isInteger(value) || value === undefined ? undefined : 'expected a whole number'),
  done: (value) => (typeof value === 'boolean' || value === undefined ? undefined : 'expected true or false'),
  labels: (value) => (Array.isArray(value) || value === undefined ? undefined : 'expected a list'),
  note: (value) => (value === undefined || typeof value === 'string' ? undefined : 'expected a text'),
  closed: (value) => (value === undefined || value === null ? undefined : 'expected null'),
}

/** A schema that answers at once, or with a promise. */
export function ticketEntity({ isSlow = false }: { readonly isSlow?: boolean } = {}): Entity {
  return entity({
    schema: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => (isSlow ? Promise.resolve(checked(value)) : checked(value)),
      },
    },
    id: 'string',
    status: { field: 'status', initial: 'open', transitions: { open: [] } },
  })
}

function checked(value: unknown): SchemaResult<JsonObject> {
  const fields = value as JsonObject
  const issues: SchemaIssue[] = Object.entries(checks).flatMap(([field, check]) => {
    const message = check(fields[field])
    return message === undefined ? [] : [{ message, path: [field] }]
  })
  return issues.length > 0 ? { issues } : { value: fields }
}
