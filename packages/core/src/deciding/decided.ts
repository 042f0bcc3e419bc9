import type { Deleted, Durability, ProposedCommit, Seq, StoredRecord } from '@stateward/contract'
import type { DecidedChange } from '../records/draft.ts'

/** One commit, decided and encoded, not yet in the log. */
export interface DecidedCommit {
  readonly seq: Seq
  readonly timestamp: string
  readonly bytes: Uint8Array
  readonly changes: readonly DecidedChange[]
  readonly txid: string | undefined
  /** What hooks are shown of it; `undefined` where nobody looks. */
  readonly proposed: ProposedCommit | undefined
  /** What the steps of this commit leave, for a caller who asks again with the same txid. */
  readonly results: readonly (StoredRecord | Deleted)[]
}

/** The commits of one message (at least one), and who waits for them. */
export interface DecidedWrite {
  readonly commits: readonly DecidedCommit[]
  readonly durability: Durability
  /** Called once: without an error when all its commits are durable and applied. */
  readonly settle: (error: unknown) => void
}
