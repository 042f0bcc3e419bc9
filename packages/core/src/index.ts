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
  StatewardError,
  type Storage,
  type TypeOf,
} from '@stateward/contract'
export type { ReopeningOptions } from './caretakers/reopening.ts'
export type { CompactionOptions } from './compaction/compaction-options.ts'
export type { IndexCheckOptions } from './integrity/index-check-options.ts'
export type { ScrubbingOptions } from './integrity/scrub-options.ts'
export type { ShutdownOptions, StateShutdownReport } from './lifecycle/shutdown-options.ts'
export type { Reopened } from './lifecycle/terms.ts'
export { createStateManager, type State, type StateMembers } from './manager/create-state-manager.ts'
export {
  openStateReader,
  type StateReader,
  type StateReaderMembers,
  type StateReaderOptions,
} from './manager/open-state-reader.ts'
export type { Restored, RestoreMember, RestoreSnapshotOptions } from './manager/restore-member.ts'
export type { StateManagerOptions } from './manager/state-manager-options.ts'
export type { Logger } from './observation/logger.ts'
export type { Every, ObserveOptions } from './observation/observe-options.ts'
export type { CheckpointOptions } from './recovery/checkpoint-options.ts'
export type { Exported } from './snapshots/export.ts'
export { type ExportEnd, exportEndLine, exportedLine } from './snapshots/export-lines.ts'
export type { HeldSnapshot, SnapshotMembers } from './snapshots/held-snapshot.ts'
export type { StateCursor, TakeCursor } from './transactions/state-cursor.ts'
export type {
  RunTransaction,
  Transaction,
  TransactionCollection,
  TransactionOptions,
} from './transactions/transaction.ts'
