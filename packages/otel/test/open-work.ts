import { type Domain, defineDomain, type Entity, entity, type Schema } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { memoryStorage } from '@stateward/storage-memory'

interface Task {
  readonly title?: string
}

type Work = Domain<{ readonly task: Entity<Task, Task, 'string'> }>

const schema: Schema<Task, Task> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Task }) },
}

const domain: Work = defineDomain({
  task: entity({
    schema,
    id: 'string',
    indexes: ['title'],
  }),
})

/** A store in memory that measures every message. */
export function openWork(name: string): Promise<State<Work>> {
  const observe = { name, latencies: { reads: 1, writes: 1 }, eventLoop: true }
  return createStateManager({ storage: memoryStorage(), domain, observe })
}
