import type { StoreEvent } from './event.ts'
import type { MessageKind } from './protocol.ts'
import type { QueryPlan } from './query.ts'
import type { Seq } from './seq.ts'

/**
 * The names of the channels of `node:diagnostics_channel` on which a store tells what it does: `tracingChannel(name)` hears
 * `start`, `end`, `asyncStart`, `asyncEnd` and `error`, each with the same object, whose later facts are there at `asyncEnd`.
 * Nothing is made and no clock is read while nobody has subscribed. What is told are names, numbers and codes: never a record, a field's value,
 * an id, a txid, or the text of an error.
 */
export const tracingNames = {
  /** Each message asked of a store, and each transaction, from the call to its answer. */
  message: 'stateward.message',
  /** Each query where it runs, whoever asked. */
  query: 'stateward.query',
  /** Each group of commits, from when it is handed to the storage until it is as safe as asked. */
  commit: 'stateward.commit',
  compaction: 'stateward.compaction',
  checkpoint: 'stateward.checkpoint',
  /** Each opening of the log: recovery, and building the state. */
  recovery: 'stateward.recovery',
} as const

interface Traced {
  /** The store, as `observe.name` calls it. */
  readonly store: string
  /** How it has failed, at `error` and `asyncEnd`; absent where it has not. A code of `StatewardError`, else `UNKNOWN`. */
  code?: string
}

export interface TracedMessage extends Traced {
  readonly message: MessageKind | 'transaction'
  /** The type of record, where the message names one of the domain; a command or question by its name. */
  readonly type?: string
  /** Rows, ids or operations of a message that carries several. */
  readonly items?: number
}

export interface TracedQuery extends Traced {
  readonly message: 'query' | 'count' | 'groupBy' | 'aggregate'
  readonly type: string
  readonly plan: QueryPlan
  /** Rows, or groups, of the answer; of a count, the count. */
  rows?: number
}

export interface TracedCommit extends Traced {
  readonly durability: string
  readonly commits: number
  readonly bytes: number
  /** The first and last of them; of a barrier, which has none, both absent. */
  readonly from?: Seq
  readonly to?: Seq
}

export interface TracedCompaction extends Traced {
  readonly cause: Extract<StoreEvent, { kind: 'compaction' }>['cause']
  /** Known when it has ended well. */
  upTo?: Seq
  records?: number
  bytesBefore?: number
  bytesAfter?: number
}

export interface TracedCheckpoint extends Traced {
  /** Of the state after this commit. */
  readonly upTo: Seq
  saved?: boolean
}

export interface TracedRecovery extends Traced {
  /** The last commit found, the commits cut away, and whether it was closed in order, when it has ended well. */
  lastSeq?: Seq
  clean?: boolean
  records?: number
}
