import { type Domain, defineDomain, type Entity, entity } from '@stateward/contract'
import { createStateManager, type State } from '../src/manager/create-state-manager.ts'
import type { StateManagerOptions } from '../src/manager/state-manager-options.ts'
import { looseSchema } from './loose-schema.ts'

interface Task {
  readonly n?: number
}

export type SerialDomain = Domain<{ readonly task: Entity<Task, Task, 'string'> }>

/** One type and one index: what histories of transactions are about, and nothing that costs beside it. */
const serialDomain: SerialDomain = defineDomain({
  task: entity({ schema: looseSchema<Task>({ n: 'number' }), id: 'string', indexes: ['n'] }),
})

export type SerialState = State<SerialDomain>

/** A store that does nothing by itself. */
export function openSerial(options: Omit<StateManagerOptions<SerialDomain>, 'domain'>): Promise<SerialState> {
  return createStateManager({
    compaction: false,
    scrub: false,
    reopening: 'manual',
    ...options,
    domain: serialDomain,
  })
}
