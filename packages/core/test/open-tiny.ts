import type { Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { createStateManager, type State } from '../src/manager/create-state-manager.ts'
import type { StateManagerOptions } from '../src/manager/state-manager-options.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { seededRandom } from './seeded-random.ts'
import { tinyDomain } from './tiny-domain.ts'

export type TinyState = State<typeof tinyDomain>
type Options = Partial<Omit<StateManagerOptions<typeof tinyDomain>, 'domain' | 'clock'>>

/** A store of the tiny domain, over memory unless told otherwise, on a clock of its own; it reopens nothing by itself unless told to. */
export async function openTiny(
  options: Options & { time?: ManualTime } = {},
): Promise<{ state: TinyState; storage: Storage; time: ManualTime }> {
  const { time = manualTime(), storage = memoryStorage(), random = seededRandom(), ...rest } = options
  const { reopening = 'manual' } = options
  const state = await createStateManager({ storage, domain: tinyDomain, clock: time, random, ...rest, reopening })
  return { state, storage, time }
}
