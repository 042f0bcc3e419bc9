import type { Probe } from '@stateward/contract'

/** Records that an index must give for one probe; `key` tells the places of an index from each other. */
export interface EntryPlace {
  readonly key: string
  readonly probe: Probe
}
