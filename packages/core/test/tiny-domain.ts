import { type Domain, defineDomain, type Entity, entity, type Guard } from '@stateward/contract'
import { looseSchema } from './loose-schema.ts'

export interface Plan {
  readonly name: string
  readonly status?: 'draft' | 'open' | 'done'
  readonly size?: number
}

export interface Task {
  readonly title?: string
  readonly plan_id?: string
  readonly parent?: string
  readonly after?: readonly string[]
  readonly state?: string
  readonly n?: number
  readonly due?: string
  readonly tags?: readonly string[]
}

export interface Link {
  readonly target_type: string
  readonly target_id: string
}

export interface Note {
  readonly text?: string
}

/** A plan is done only when none of its tasks is open; a cascade closes those. */
const nothingOpen: Guard = {
  check: ({ before, after }, reader) => {
    if (after?.status !== 'done' || before?.status === 'done') return undefined
    const open = reader.referring('task', 'plan_id', after.id).filter(({ state }) => state === 'open')
    return open.length === 0 ? undefined : { code: 'RESTRICTED', message: `plan ${after.id} has open tasks` }
  },
  cascade: ({ after }, reader) =>
    reader
      .referring('task', 'plan_id', after?.id ?? '')
      .filter(({ state }) => state === 'open')
      .map(({ id }) => ({ type: 'task', id, changes: { state: 'closed' } })),
}

export type TinyDomain = Domain<{
  readonly plan: Entity<Plan, Plan, 'uuidv7'>
  readonly task: Entity<Task, Task, 'string'>
  readonly link: Entity<Link, Link, 'string'>
  readonly note: Entity<Note, Note, 'string'>
}>

/** Small, and with everything that a type can have. */
export const tinyDomain: TinyDomain = defineDomain({
  plan: entity({
    schema: looseSchema<Plan>({ name: 'string', status: 'string' }),
    indexes: ['name'],
    status: {
      field: 'status',
      initial: 'draft',
      transitions: { draft: ['open'], open: ['draft', 'done'], done: ['open'] },
    },
    guards: [nothingOpen],
  }),
  task: entity({
    schema: looseSchema<Task>({ title: 'string', n: 'number', state: 'string', parent: 'string' }),
    id: 'string',
    indexes: ['n', 'title', 'due', ['state', 'n'], ['plan_id', 'updated_at']],
    refs: { plan_id: 'plan', parent: 'task', after: { to: 'task', onDelete: 'keep' } },
    times: ['due'],
  }),
  link: entity({
    schema: looseSchema<Link>({ target_type: 'string', target_id: 'string' }),
    id: 'string',
    refs: { target_id: { to: { typeField: 'target_type', types: ['plan', 'task'] }, onDelete: 'restrict' } },
  }),
  note: entity({ schema: looseSchema<Note>({}), id: 'string', texts: ['text'] }),
})
