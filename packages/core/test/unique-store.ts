import { type Domain, defineDomain, type Entity, entity, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { createStateManager, type State } from '../src/manager/create-state-manager.ts'
import type { StateManagerOptions } from '../src/manager/state-manager-options.ts'
import { looseSchema } from './loose-schema.ts'
import { manualTime } from './manual-time.ts'
import { seededRandom } from './seeded-random.ts'

export interface User {
  readonly email?: unknown
  readonly team?: unknown
  readonly seat?: unknown
  readonly since?: unknown
  readonly status?: string
  readonly boss?: string
}

/** What only one user may hold: an address, a seat within a team, a moment. */
export const uniqueOfUsers = ['email', ['team', 'seat'], 'since'] as const

export type UserDomain = Domain<{
  readonly user: Entity<User, User, 'string'>
  readonly log: Entity<User, User, 'string'>
}>
export type UserState = State<UserDomain>

export function userDomain(unique: typeof uniqueOfUsers | readonly [] = uniqueOfUsers): UserDomain {
  const schema = looseSchema<User>({ status: 'string', boss: 'string' })
  const rest = { status: { field: 'status', initial: 'new', transitions: { new: ['old'], old: ['new'] } } }
  const user = { schema, id: 'string', times: ['since'], refs: { boss: 'user' }, ...rest } as const
  return defineDomain({
    user: entity<typeof schema, 'string', { boss: 'user' }>({ ...user, unique }),
    log: entity({ schema, id: 'string' }),
  })
}

type Options = Partial<Omit<StateManagerOptions<UserDomain>, 'clock'>>

/** A store of users, over memory unless told otherwise. */
export async function openUsers(options: Options = {}): Promise<{ state: UserState; storage: Storage }> {
  const { storage = memoryStorage(), domain = userDomain(), random = seededRandom(), ...rest } = options
  const state = await createStateManager({ storage, domain, clock: manualTime(), random, ...rest, reopening: 'manual' })
  return { state, storage }
}
