import type { StoredRecord } from './json.ts'

/**
 * The state that a rule may look at: everything committed, everything decided before this write, and nothing of this
 * write itself. Reads are synchronous; a record given out is frozen.
 */
export interface RuleReader {
  get(type: string, id: string): StoredRecord | undefined
  /** Live records of `type` whose `field` is `id`, or holds it in an array. The field must be a reference or indexed. */
  referring(type: string, field: string, id: string): readonly StoredRecord[]
}

/** The write that a rule judges. `before` is absent for a creation, `after` for a deletion. */
export interface RuleSubject {
  readonly type: string
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

/** Why a write is refused. */
export interface Violation {
  readonly code: 'INVALID' | 'INVALID_REFERENCE' | 'RESTRICTED' | 'ILLEGAL_TRANSITION'
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Pure: answers with why the write is refused, or `undefined`. May be run more than once for one write. */
export type Rule = (subject: RuleSubject, reader: RuleReader) => Violation | undefined

/** A further write that a cascade makes in the same commit. */
export interface CascadeUpdate {
  readonly type: string
  readonly id: string
  readonly changes: Readonly<Record<string, string>>
}

/** A rule that `force` skips and that `cascade` may satisfy by further writes. */
export interface Guard {
  readonly check: Rule
  /** The writes that make `check` pass; asked only when the caller said `cascade` and `check` refused. */
  readonly cascade?: (subject: RuleSubject, reader: RuleReader) => readonly CascadeUpdate[]
}
