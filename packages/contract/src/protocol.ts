import type { Change, Commit } from './commit.ts'
import type { CursorOperation } from './cursor.ts'
import type { LostCommits } from './event.ts'
import type { Expectation } from './expectation.ts'
import type { JsonObject, JsonValue, StoredRecord } from './json.ts'
import type { DiffAsk, DiffPage, FieldChange, Moment, UndoAsk } from './past.ts'
import type { AggregateAsk, AggregateRow, ExplainAsk, Explanation, Group, Query, QueryAnswer } from './query.ts'
import type { Seq } from './seq.ts'
import type { CompactReport, Stats, VerifyReport } from './stats.ts'
import type { Watching, WatchKind } from './watching.ts'
import type { ExpectOptions, GuardOptions, WriteOptions } from './write-options.ts'

/** How long and under which signal a caller waits. */
export interface AskOptions {
  /** Aborted while the message waits: `ABORTED`, and nothing happened. Aborted later: ignored, the outcome is answered. */
  readonly signal?: AbortSignal
  /** Passed while the message waits: `TIMEOUT`, and nothing happened. Passed later: `UNKNOWN`, the write may still land. */
  readonly timeoutMs?: number
}

export interface CreateAsk extends WriteOptions {
  readonly type: string
  readonly data: JsonObject
}

export interface UpdateAsk extends WriteOptions, GuardOptions, ExpectOptions {
  readonly type: string
  readonly id: string
  /** Top-level fields to set. */
  readonly changes: JsonObject
  /** Top-level fields to remove. */
  readonly unset?: readonly string[]
}

export interface DeleteAsk extends WriteOptions, GuardOptions, ExpectOptions {
  readonly type: string
  readonly id: string
}

export interface RestoreAsk extends WriteOptions {
  readonly type: string
  readonly id: string
}

/** One step of `transact`; each sees the ones before it. */
export type Operation =
  | { readonly op: 'create'; readonly type: string; readonly data: JsonObject }
  | ({
      readonly op: 'update'
      readonly type: string
      readonly id: string
      readonly changes: JsonObject
      readonly unset?: readonly string[]
    } & ExpectOptions &
      GuardOptions)
  | ({ readonly op: 'delete'; readonly type: string; readonly id: string } & ExpectOptions & GuardOptions)
  | { readonly op: 'restore'; readonly type: string; readonly id: string }

/** What a deletion answers: the tombstone. */
export interface Deleted {
  readonly id: string
  readonly rev: number
}

/** What `transact` answers, an item an operation: the record, the tombstone of a deletion, or the cursor. */
export interface Transacted {
  readonly seq: Seq
  readonly results: readonly (StoredRecord | Deleted)[]
}

/** What a command answers: what its commit left of each record that it changed, in the order of the line. */
export interface Commanded {
  /** Of its commit; of the newest one before it where it changed nothing. */
  readonly seq: Seq
  readonly changed: readonly {
    readonly type: string
    readonly id: string
    readonly rev: number
    /** Absent after a deletion. */
    readonly record?: StoredRecord
  }[]
}

/** One version of one record, as its commit left it. `change.rev` counts them. */
export interface Version {
  readonly seq: Seq
  readonly timestamp: string
  readonly change: Change
  /**
   * What differs from the version before; of a creation every field, of a deletion every field that was. Absent where the
   * version before, or this one, is not known any more.
   */
  readonly fields?: readonly FieldChange[]
  /** `undefined` after a deletion, and where the versions that it rests on are lost or let go of. */
  readonly record?: StoredRecord
  readonly actor?: string
  /** Commits before this version, and behind the one before it, are lost: there may have been versions in them. */
  readonly lostBefore?: LostCommits
}

/** The record that was meant. */
export interface ResolvedId {
  readonly id: string
  /** The fewest last characters of the id that no other of its type ends with. */
  readonly shortest: string
  /** Only of a deleted record. */
  readonly deleted?: true
}

export interface SnapshotOpened {
  readonly snapshot: string
  readonly seq: Seq
  readonly records: number
}

/**
 * Every message of a state manager: what is asked, what is answered. All of it is plain JSON; in answers an absent
 * record is `null` on a wire and `undefined` in process.
 */
export interface Protocol {
  create: { ask: CreateAsk; answer: StoredRecord }
  get: {
    ask: { readonly type: string; readonly id: string; readonly snapshot?: string; readonly asOf?: Seq }
    answer: StoredRecord | undefined
  }
  getMany: {
    ask: { readonly type: string; readonly ids: readonly string[]; readonly snapshot?: string; readonly asOf?: Seq }
    answer: readonly (StoredRecord | undefined)[]
  }
  update: { ask: UpdateAsk; answer: StoredRecord }
  delete: { ask: DeleteAsk; answer: Deleted }
  /** Undoes a deletion: the last version before it, as a new version. Not deleted: `ALREADY_EXISTS`; never there: `NOT_FOUND`. */
  restore: { ask: RestoreAsk; answer: StoredRecord }
  /** Refused whole or accepted whole; written as commits of at most `limits.bulkCommitBytes`, in order. */
  createMany: {
    ask: WriteOptions & { readonly type: string; readonly rows: readonly JsonObject[] }
    answer: readonly StoredRecord[]
  }
  updateMany: {
    ask: WriteOptions &
      GuardOptions & {
        readonly type: string
        readonly updates: readonly ({
          readonly id: string
          readonly changes: JsonObject
          readonly unset?: readonly string[]
        } & ExpectOptions)[]
      }
    answer: readonly StoredRecord[]
  }
  deleteMany: {
    ask: WriteOptions & GuardOptions & { readonly type: string; readonly ids: readonly string[] }
    answer: readonly Deleted[]
  }
  /**
   * Operations as one commit: all of them, or none. With `expect` only where each of these holds, which is looked at in the
   * same turn in which the commit is decided: else `CONFLICT`, `details.unmet` says which do not. Without operations it only
   * looks. At most `limits.transactionSteps` expectations.
   */
  transact: {
    ask: WriteOptions & {
      readonly operations: readonly (Operation | CursorOperation)[]
      readonly expect?: readonly Expectation[]
    }
    answer: Transacted
  }
  /** One of the domain's commands: whatever it decides becomes one commit, or it is refused. `UNSUPPORTED`: there is none of this name. */
  command: { ask: WriteOptions & { readonly name: string; readonly body: JsonObject }; answer: Commanded }
  /** One of the domain's questions, answered from one durable state. `UNSUPPORTED`: there is none of this name. */
  question: { ask: { readonly name: string; readonly body: JsonObject }; answer: JsonValue }
  query: { ask: Query; answer: QueryAnswer }
  count: { ask: Query; answer: number }
  groupBy: { ask: { readonly query: Query; readonly field: string }; answer: readonly Group[] }
  /** One row, or with `by` one a value of that field, in the order of the values, absence first. At most `limits.measures`. */
  aggregate: {
    ask: AggregateAsk
    answer: readonly AggregateRow[]
  }
  /** How a query would be answered; with `analyze` also what it took. `UNSUPPORTED`: this endpoint does not look at that. */
  explain: { ask: ExplainAsk; answer: Explanation }
  /**
   * The moment that reads with `asOf` then name. Exactly one of: `seq`; or `time`, an RFC 3339 date-time, which means the
   * last commit in the order of seq whose time is not behind it, whatever a clock that was set back makes of those before.
   * `INVALID` for what is in the future. `TRIMMED` where the log has let go of it; `details.oldestSeq` and `oldestTime` say
   * what can be had. `CORRUPT` for a commit that a salvage gave up.
   */
  asOf: { ask: { readonly seq?: Seq; readonly time?: string }; answer: Moment }
  /** What differs between two moments, record by record, in the order in which they were first changed. In pages: `next`. */
  diff: { ask: DiffAsk; answer: DiffPage }
  /**
   * Writes the inverse of a commit as a new commit: what it made is deleted, what it changed is as before, what it deleted lives
   * again. `CONFLICT` where a record was changed since, `details.records` names them.
   */
  undo: { ask: UndoAsk; answer: Transacted }
  history: {
    ask: { readonly type: string; readonly id: string; readonly from?: Seq }
    /** `lost`: commits behind the last of these versions are lost, and later ones may have been in them. */
    answer: { readonly versions: readonly Version[]; readonly next?: Seq; readonly lost?: LostCommits }
  }
  /**
   * Which record is meant by an id, or by the last characters of one; an id that is there is that one, whatever else ends with
   * it. `shortest` is the fewest last characters that tell it from every other one now; a deleted record from the deleted ones
   * too. `NOT_FOUND` where none ends so, `details.nearest` names one or two that come near; `AMBIGUOUS` where several do,
   * `details.candidates` names up to 20 of `count`. With `deleted` a deleted record is meant where no live one is.
   * O(log n), but for the first time after an opening: O(n) ids.
   */
  resolveId: {
    ask: { readonly type: string; readonly id: string; readonly deleted?: boolean }
    answer: ResolvedId
  }
  snapshot: { ask: Record<string, never>; answer: SnapshotOpened }
  release: { ask: { readonly snapshot: string }; answer: null }
  compact: { ask: Record<string, never>; answer: CompactReport }
  stats: { ask: Record<string, never>; answer: Stats }
  verify: { ask: Record<string, never>; answer: VerifyReport }
  flush: { ask: Record<string, never>; answer: { readonly lastSeq: Seq } }
}

export type MessageKind = keyof Protocol

/** Whatever answers the protocol: the state manager itself, or a wire that leads to one. Rejects with `StatewardError`s. */
export interface Endpoint {
  ask<K extends MessageKind>(kind: K, body: Protocol[K]['ask'], options?: AskOptions): Promise<Protocol[K]['answer']>
  /** Commits with seq ≥ `from`, first those that are there, then those that come; ends when `signal` aborts. */
  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]>
  /**
   * Items of what is asked for, as they come; ends when `signal` aborts, and when the endpoint is closed. What is wrong
   * with the question is thrown, here or by the first `next`. Nothing is kept for a reader that does not read.
   */
  watch<K extends WatchKind>(kind: K, body: Watching[K]['ask'], signal: AbortSignal): AsyncIterable<Watching[K]['item']>
  close(): Promise<void>
}
