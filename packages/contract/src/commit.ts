import type { LostCommits } from './event.ts'
import type { JsonObject } from './json.ts'
import type { Seq } from './seq.ts'

/** A record as it is from now on: a creation, a restoration, or an update that is logged whole. */
export interface Put {
  readonly op: 'put'
  readonly type: string
  readonly id: string
  readonly rev: number
  /** The whole record but for `rev`. */
  readonly data: JsonObject
}

/** Top-level fields that changed. */
export interface Patch {
  readonly op: 'patch'
  readonly type: string
  readonly id: string
  readonly rev: number
  /** Seq of the record's previous line. */
  readonly prev: Seq
  readonly changes: JsonObject
  /** Fields that were removed. */
  readonly unset: readonly string[]
}

export interface Delete {
  readonly op: 'delete'
  readonly type: string
  readonly id: string
  readonly rev: number
}

export type Change = Put | Patch | Delete

/** What was written as one: all of it is there, or none of it. One commit is one line of the log. */
export interface Commit {
  readonly seq: Seq
  /** For people; order is `seq`. */
  readonly timestamp: string
  readonly changes: readonly Change[]
  readonly actor?: string
  readonly txid?: string
  /** The reason given with `force: true`. */
  readonly force?: string
  /** Commits directly before this one that are lost for good. */
  readonly lostBefore?: LostCommits
}
