export {
  type ChangesOf,
  type Commit,
  type CreateOf,
  type Domain,
  type Durability,
  defineDomain,
  type Endpoint,
  type Entity,
  type ErrorCode,
  entity,
  hasCode,
  type RecordOf,
  type ShutdownOptions,
  type State,
  type StateReader,
  type StateShutdownReport,
  StatewardError,
  type TypeOf,
} from '@stateward/core'
export {
  type Claim,
  domain,
  type Execution,
  type ExecutionInput,
  type ExecutionStatus,
  executionStatuses,
  executionTransitions,
  type Held,
  type Phase,
  type PhaseInput,
  type Plan,
  type PlanInput,
  type Spec,
  type SpecInput,
  type Work,
  type WorkStatus,
  work,
  workStatuses,
  workTransitions,
} from '@stateward/domain'
export { type OpenStateOptions, openState, type ReadStateOptions, readState } from './open-state.ts'
export { type SignalledProcess, type Stop, type StopOnSignalsOptions, stopOnSignals } from './stop-on-signals.ts'
export { openStores } from './stores/open-stores.ts'
export type { PoolStats } from './stores/pool-options.ts'
export type { StopStoresOptions, StoresReport } from './stores/stop-stores.ts'
export type { PassivationCause, StoresEvent } from './stores/store-events.ts'
export type { Store } from './stores/store-handle.ts'
export type { Stores, UseOptions } from './stores/stores.ts'
export type { OpenStoresOptions } from './stores/stores-options.ts'
export type { UsedStore } from './stores/used-store.ts'
