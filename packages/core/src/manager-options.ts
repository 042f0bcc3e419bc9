import type { RestartPolicy } from '@stateward/actor'
import type { Domain, Durability, Notify, Storage, StoreEvent } from '@stateward/contract'
import type { Audience } from './audience.ts'
import type { CheckpointGate } from './checkpoint-gate.ts'
import type { HookRunner } from './commit-hooks.ts'
import type { CompactionSettings } from './compaction-options.ts'
import type { Environment } from './environment.ts'
import type { IndexCheckSettings } from './index-check-options.ts'
import type { Observation } from './observation.ts'
import type { ScrubSettings } from './scrub-options.ts'
import type { Snapshots } from './snapshots.ts'
import type { Terms } from './terms.ts'

export interface ManagerOptions {
  readonly storage: Storage
  readonly domain: Domain
  readonly durability: Durability
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
  readonly environment: Environment
  readonly compaction: CompactionSettings & { readonly auto: boolean }
  readonly scrub: ScrubSettings | undefined
  readonly indexCheck: IndexCheckSettings | undefined
  readonly keepsMemory: boolean
  readonly reopening: RestartPolicy | undefined
  readonly snapshots: Snapshots
  readonly terms: Terms
  readonly gate: CheckpointGate
  readonly savesCheckpoints: boolean
  readonly audience: Audience
  readonly hooks: HookRunner
  readonly tell: Notify<StoreEvent>
  readonly observation: Observation
}
