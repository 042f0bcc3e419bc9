import { type Domain, defineDomain, type Entity, entity, type Schema } from '@stateward/contract'

export interface TaskInput {
  readonly title: string
  readonly status?: 'draft' | 'running' | undefined
  readonly labels?: readonly string[]
  readonly note?: string | null
}

export interface TaskOutput extends TaskInput {
  readonly status: 'draft' | 'running'
  readonly labels: readonly string[]
}

/** A schema made by hand, as any library of schemas would give one. */
function schema<Input, Output>(): Schema<Input, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Output }) } }
}

export const domain: Domain<{
  readonly task: Entity<TaskInput, TaskOutput, 'uuidv7'>
  readonly person: Entity<{ readonly name: string }, { readonly name: string }, 'string'>
}> = defineDomain({
  task: entity({ schema: schema<TaskInput, TaskOutput>(), indexes: ['status'] }),
  person: entity({ schema: schema<{ readonly name: string }, { readonly name: string }>(), id: 'string' }),
})

export type TaskDomain = typeof domain
