import type { Schema, SchemaResult } from '@stateward/contract'

/** A schema of an object whose listed fields, where they are there, are of the kind that `typeof` says. */
export function looseSchema<Fields extends object>(
  kinds: Partial<Record<keyof Fields & string, string>>,
): Schema<Fields> {
  return validating((value) => {
    const issues = Object.entries(kinds).flatMap(([field, kind]) => {
      const found: unknown = Reflect.get(value, field)
      return found === undefined || typeof found === kind ? [] : [{ message: `expected a ${kind}`, path: [field] }]
    })
    // What has passed is what the caller declared it to be.
    return issues.length > 0 ? { issues } : { value: value as Fields }
  })
}

/** A schema that answers what `validate` does. */
export function validating<Fields>(
  validate: (value: object) => SchemaResult<Fields> | Promise<SchemaResult<Fields>>,
): Schema<Fields> {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => validate(value as object) } }
}
