import type { Clock } from './environment.ts'
import type { JsonObject, JsonValue, StoredRecord } from './json.ts'
import type { Operation } from './protocol.ts'
import type { RuleReader } from './rule.ts'

/**
 * Something that a domain keeps in memory beside the records, derived from nothing but them, so that a question need
 * not look at all of them. Made when it is first asked for, and given up with the store: it is never the truth.
 */
export interface Projection {
  /**
   * A record of one of its types has changed: `before` is absent for a new one, `after` for a deleted one. Called in the
   * order of the commits, once each is durable; and while the projection is being filled with `before` absent for a
   * record that may be known already. Must not throw, and must take it well when nothing it knows of has changed.
   */
  changed(type: string, before: StoredRecord | undefined, after: StoredRecord | undefined): void
}

/** How a projection comes about. */
export interface ProjectionKind<P extends Projection = Projection> {
  /** For messages; unique within a domain. */
  readonly name: string
  /** Types whose changes it hears of. */
  readonly types: readonly string[]
  /** The records that it is filled with: those of `type` whose indexed field is `value`. All others it hears of when they change. */
  readonly seeds: readonly { readonly type: string; readonly field: string; readonly value: string }[]
  create(clock: Pick<Clock, 'monotonicMs'>): P
  /** Whether `create` of this kind has made it. */
  made(projection: Projection): projection is P
}

/** The state as procedures see it. */
export interface ProcedureReader extends RuleReader {
  /** The records in the order of `ids`. Cheaper than one by one where they have to be read from the log. */
  getMany(type: string, ids: readonly string[]): readonly (StoredRecord | undefined)[]
  /** As `referring`, for each of `ids`. */
  referringMany(type: string, field: string, ids: readonly string[]): readonly (readonly StoredRecord[])[]
}

/** What a question or a command may look at. Reads are synchronous; both may be run more than once for one call. */
export interface ProcedureContext {
  /** For a question: the durable state. For a command: everything decided before it as well. */
  readonly reader: ProcedureReader
  /** Every commit that is durable and none other: exactly what projections have heard of. */
  readonly durable: ProcedureReader
  /** RFC 3339; what the records of a command will carry. */
  readonly timestamp: string
  /** The projection of this kind, filled. */
  projection<P extends Projection>(kind: ProjectionKind<P>): P
}

export interface CommandContext extends ProcedureContext {
  /** A new id, as the store makes them. */
  makeId(): string
}

/**
 * Answers from one state, within one turn of the event loop: it should look at a bounded number of records. Pure.
 * Refuses with a `StatewardError`.
 */
export type Question = (ask: JsonObject, context: ProcedureContext) => JsonValue

/**
 * Decides in the one actor that writes, on top of everything decided before, which operations are to be made in one
 * commit: an empty list for none. They are checked like those of any caller. Pure. Refuses with a `StatewardError`.
 */
export type Command = (ask: JsonObject, context: CommandContext) => readonly Operation[]

/** What a domain can be asked and told beyond its records. Asked by name: `question` and `command` of the protocol. */
export interface Procedures {
  readonly questions?: Readonly<Record<string, Question>>
  readonly commands?: Readonly<Record<string, Command>>
}
