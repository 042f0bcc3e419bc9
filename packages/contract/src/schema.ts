/**
 * What Stateward asks of a schema: the part of the Standard Schema interface that it calls, structurally, so that any
 * schema of zod, valibot, arktype and others fits. Source: standardschema.dev, version 1.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The type of what a schema accepts. */
export type InputOf<S extends Schema> = NonNullable<S['~standard']['types']>['input']

/** The type of what a schema makes of it: with its defaults filled in. */
export type OutputOf<S extends Schema> = NonNullable<S['~standard']['types']>['output']
