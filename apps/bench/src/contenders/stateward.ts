import { type OpenStateOptions, openState } from 'stateward'
import type { Store } from '../contender.ts'
import { watchGroups } from './log-groups.ts'
import { StatewardReads } from './stateward-reads.ts'
import { StatewardWrites } from './stateward-writes.ts'

/** Stateward as an application uses it: `openState`, the built-in domain with its schemas and references, collections. */
export async function openStateward(dir: string, options: Pick<OpenStateOptions, 'memory'> = {}): Promise<Store> {
  const state = await openState(dir, options)
  return {
    writes: new StatewardWrites(state),
    reads: new StatewardReads(state),
    compact: (signal) => state.compact({ signal }),
    watch: () => watchGroups(dir),
    close: () => state.close(),
  }
}
