import {
  type Domain,
  defineDomain,
  type Entity,
  type EntityOptions,
  entity,
  type Schema,
  type Storage,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { createStateManager, type State } from '../src/manager/create-state-manager.ts'
import type { StateManagerOptions } from '../src/manager/state-manager-options.ts'
import { looseSchema } from './loose-schema.ts'
import { manualTime } from './manual-time.ts'
import { seededRandom } from './seeded-random.ts'

/** Any fields. */
export interface Thing {
  readonly a?: unknown
  readonly b?: unknown
  readonly status?: string
}

export type ThingState = State<Domain<{ readonly thing: Entity<Thing, Thing, 'string'> }>>

/** A store of one type, defined by the test. */
export async function openOneType(
  options: Partial<EntityOptions<Schema<Thing>, 'string'>> & {
    readonly storage?: Storage
    readonly mailbox?: StateManagerOptions<Domain>['mailbox']
  } = {},
): Promise<{ state: ThingState; storage: Storage }> {
  const { storage = memoryStorage(), mailbox = {}, ...rest } = options
  const thing = entity({ schema: looseSchema<Thing>({}), ...rest, id: 'string' })
  const domain = defineDomain({ thing })
  const state = await createStateManager({ storage, domain, mailbox, clock: manualTime(), random: seededRandom() })
  return { state, storage }
}
