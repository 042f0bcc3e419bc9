export type { Analysis, AnalyzedStep } from './analysis.ts'
export type { CacheSaved, Caches, PutBytes, StoredCache, WritableCaches } from './cache.ts'
export type { Change, Commit, Delete, Patch, Put } from './commit.ts'
export { type CursorOperation, type CursorRecord, cursorType } from './cursor.ts'
export type { Damage } from './damage.ts'
export type { Disk, DiskFile, DiskSpace, DiskStat, EntryKind, LockOutcome, OpenMode } from './disk.ts'
export {
  type ChangesOf,
  type CreateOf,
  type Domain,
  defineDomain,
  type Entities,
  type RecordOf,
  type RelationsOf,
  reservedFieldNames,
  reservedTypeNames,
  type TypeOf,
} from './domain.ts'
export { type Durability, durabilityLevels, type Survival } from './durability.ts'
export {
  type Entity,
  type EntityInput,
  type EntityOptions,
  type EntityOutput,
  type EntityRefs,
  entity,
  fieldKind,
  type IdKind,
  type Reference,
  type RefsOf,
  type RefTargets,
  type StatusTable,
  type TargetsOf,
} from './entity.ts'
export type { Clock, Machine, Random, Timers } from './environment.ts'
export {
  type ErrorCode,
  type ErrorDetails,
  errorCodes,
  hasCode,
  StatewardError,
  type StatewardErrorOptions,
} from './error.ts'
export type {
  CaretakerName,
  CompactionProgress,
  LostCommits,
  Notify,
  Reopening,
  StorageEvent,
  StoreEvent,
} from './event.ts'
export type { Expectation, UnmetExpectation } from './expectation.ts'
export type { ChangesAsk, RecordChange } from './feed.ts'
export { type Distribution, Histogram } from './histogram.ts'
export type { CommitHooks, DurableCommit, HookedChange, ProposedCommit } from './hooks.ts'
export type {
  Bound,
  Direction,
  ImageSource,
  Index,
  IndexContext,
  IndexImage,
  MakeIndex,
  Probe,
  Slot,
} from './index-plugin.ts'
export { instantKey } from './instant.ts'
export type { JsonObject, JsonValue, StoredRecord, SystemFields } from './json.ts'
export { limits } from './limits.ts'
export type { LiveChange, LiveUpdate, RelatedRow } from './live.ts'
export { compareKeys, compareValues, type FieldKind, orderKey, sameValue } from './order.ts'
export type { DiffAsk, DiffPage, FieldChange, Moment, RecordDiff, UndoAsk } from './past.ts'
export type {
  Command,
  CommandContext,
  ProcedureContext,
  ProcedureReader,
  Procedures,
  Projection,
  ProjectionKind,
  Question,
} from './procedure.ts'
export type {
  AskOptions,
  Commanded,
  CreateAsk,
  DeleteAsk,
  Deleted,
  Endpoint,
  MessageKind,
  Operation,
  Protocol,
  ResolvedId,
  RestoreAsk,
  SnapshotOpened,
  Transacted,
  UpdateAsk,
  Version,
} from './protocol.ts'
export type {
  AggregateAsk,
  AggregateRow,
  ExplainAsk,
  Explanation,
  Group,
  IntersectedIndex,
  Measure,
  Operators,
  OrderBy,
  PlanNode,
  Query,
  QueryAnswer,
  QueryPlan,
  RelatedRecords,
  Where,
} from './query.ts'
export type { BackupReport, Quarantined, RecoveryReport, StorageCheck } from './report.ts'
export type { CascadeUpdate, Guard, Rule, RuleReader, RuleSubject, Violation } from './rule.ts'
export type { InputOf, OutputOf, Schema, SchemaIssue, SchemaResult } from './schema.ts'
export type { ScrubOptions, ScrubPlace, ScrubPortion } from './scrub.ts'
export type { Seq } from './seq.ts'
export type { SourceLine } from './source-line.ts'
export type {
  AppendStats,
  CaretakerStats,
  CompactionStats,
  CompactReport,
  DuplicateValues,
  EventLoopStats,
  IndexCheckStats,
  IndexesReport,
  MemoryParts,
  MessageStats,
  PlanStats,
  ScrubStats,
  Stats,
  VerifyReport,
} from './stats.ts'
export type {
  Appended,
  AppendOptions,
  BaseChunk,
  Caps,
  Epoch,
  LogBatch,
  LogReader,
  LogStats,
  LogWriter,
  MaintenanceOptions,
  OpenedWriter,
  OpeningCost,
  OpenWriterOptions,
  Ptr,
  SaveBaseOptions,
  Storage,
  StorageHealth,
  StoredBase,
  TruncateOptions,
} from './storage.ts'
export {
  type TracedCheckpoint,
  type TracedCommit,
  type TracedCompaction,
  type TracedMessage,
  type TracedQuery,
  type TracedRecovery,
  tracingNames,
} from './tracing.ts'
export type { Watching, WatchKind } from './watching.ts'
export type { ExpectOptions, GuardOptions, WriteOptions } from './write-options.ts'
