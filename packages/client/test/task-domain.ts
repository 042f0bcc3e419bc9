import { type Domain, defineDomain, type Entity, entity, type Schema } from '@stateward/contract'

export interface TaskInput {
  readonly title: string
  readonly status?: 'draft' | 'running' | undefined
  readonly labels?: readonly string[]
  readonly note?: string | null
  readonly owner_id?: string
  readonly after?: readonly string[]
  readonly about_type?: string
  readonly about?: string
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
  readonly task: Entity<
    TaskInput,
    TaskOutput,
    'uuidv7',
    { readonly owner_id: 'person'; readonly after: 'task'; readonly about: 'task' | 'person' }
  >
  readonly person: Entity<{ readonly name: string }, { readonly name: string }, 'string', Record<never, never>>
}> = defineDomain({
  task: entity({
    schema: schema<TaskInput, TaskOutput>(),
    indexes: ['status'],
    refs: {
      owner_id: 'person',
      after: { to: 'task', onDelete: 'keep' },
      about: { to: { typeField: 'about_type', types: ['task', 'person'] }, onDelete: 'keep' },
    },
  }),
  person: entity({ schema: schema<{ readonly name: string }, { readonly name: string }>(), id: 'string' }),
})

export type TaskDomain = typeof domain
