import type { RestartPolicy } from '@stateward/actor'
import type { Domain, Durability, Notify, Storage, StoreEvent } from '@stateward/contract'
import type { CompactionSettings } from '../compaction/compaction-options.ts'
import type { HookRunner } from '../deciding/commit-hooks.ts'
import type { IndexCheckSettings } from '../integrity/index-check-options.ts'
import type { ScrubSettings } from '../integrity/scrub-options.ts'
import type { Terms } from '../lifecycle/terms.ts'
import type { Observation } from '../observation/observation.ts'
import type { CheckpointGate } from '../recovery/checkpoint-gate.ts'
import type { CheckpointSettings } from '../recovery/checkpoints.ts'
import type { Environment } from '../scheduling/environment.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { Audience } from '../subscriptions/audience.ts'

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
  /** `undefined`: none is ever saved. */
  readonly checkpoints: CheckpointSettings | undefined
  readonly audience: Audience
  readonly hooks: HookRunner
  readonly tell: Notify<StoreEvent>
  readonly observation: Observation
}
