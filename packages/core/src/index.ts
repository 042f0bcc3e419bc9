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
export type { CheckpointOptions } from './checkpoint-options.ts'
export type { CompactionOptions } from './compaction-options.ts'
export { createStateManager, type State, type StateMembers } from './create-state-manager.ts'
export type { Exported } from './export.ts'
export { type ExportEnd, exportEndLine, exportedLine } from './export-lines.ts'
export type { HeldSnapshot, SnapshotMembers } from './held-snapshot.ts'
export type { IndexCheckOptions } from './index-check-options.ts'
export type { Logger } from './logger.ts'
export type { Every, ObserveOptions } from './observe-options.ts'
export {
  openStateReader,
  type StateReader,
  type StateReaderMembers,
  type StateReaderOptions,
} from './open-state-reader.ts'
export type { ReopeningOptions } from './reopening.ts'
export type { Restored, RestoreMember, RestoreSnapshotOptions } from './restore-member.ts'
export type { ScrubbingOptions } from './scrub-options.ts'
export type { ShutdownOptions, StateShutdownReport } from './shutdown-options.ts'
export type { StateCursor, TakeCursor } from './state-cursor.ts'
export type { StateManagerOptions } from './state-manager-options.ts'
export type { Reopened } from './terms.ts'
export type { RunTransaction, Transaction, TransactionCollection, TransactionOptions } from './transaction.ts'
