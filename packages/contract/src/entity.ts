import type { MakeIndex } from './index-plugin.ts'
import type { FieldKind } from './order.ts'
import type { Guard, Rule } from './rule.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'

/** A field that holds the id of another record (or, in an array, of several). */
export interface Reference {
  /** The type referred to, or the field of the same record that names the type. */
  readonly to: string | { readonly typeField: string; readonly types: readonly string[] }
  /** What deleting the record referred to does: `restrict` refuses (or cascades when asked), `keep` lets the id dangle. */
  readonly onDelete: 'restrict' | 'keep'
}

/** A status field and its table of transitions. */
export interface StatusTable {
  readonly field: string
  /** Given to a new record that names none. */
  readonly initial: string
  /** Allowed targets by status. A status that is no key is not a status. */
  readonly transitions: Readonly<Record<string, readonly string[]>>
}

/** How the ids of a type come about: made by the store when absent, or always given by the caller. */
export type IdKind = 'uuidv7' | 'string'

/** The references of a type: its fields, and what each leads to. A text stands for `{ to: text, onDelete: 'restrict' }`. */
export type RefsOf<S extends Schema> = Readonly<Partial<Record<keyof OutputOf<S> & string, string | Reference>>>

/** What each reference leads to: the name of a type, or of several. */
export type RefTargets = Readonly<Record<string, string>>

type TargetOf<R> = R extends string
  ? R
  : R extends { readonly to: infer To }
    ? To extends string
      ? To
      : To extends { readonly types: readonly (infer T)[] }
        ? T & string
        : never
    : never

/** What the references lead to, as they were written. */
export type TargetsOf<Refs> = { readonly [F in keyof Refs & string]: TargetOf<Refs[F]> }

/** One type of record, as its author writes it; `Input` and `Output` are inferred from `schema`, what references lead to from `refs`. */
export interface EntityOptions<S extends Schema, Id extends IdKind = 'uuidv7', Refs = RefsOf<S>> {
  /** Checks a record without its system fields. May answer with a promise. */
  readonly schema: S
  /** Default `uuidv7`. */
  readonly id?: Id
  /** A text: equality and order on that field. An array: equality on all but the last field, order on the last. */
  readonly indexes?: readonly (IndexField<S> | readonly IndexField<S>[])[]
  /**
   * What only one live record may hold: a text, the value of that field; an array, the values of these fields together. Values
   * are the same as in queries: by content, instants in a field of `times`, texts by code units. A record that lacks one of the
   * fields, or holds `null` in it, never stands in another's way. An index answers for each. A write that would leave two
   * records with the same is `ALREADY_EXISTS`; of a transaction only what it leaves counts.
   */
  readonly unique?: readonly (IndexField<S> | readonly IndexField<S>[])[]
  /** A text stands for `{ to: text, onDelete: 'restrict' }`. */
  readonly refs?: Refs & RefsOf<S> & { readonly [F in Exclude<keyof Refs, keyof OutputOf<S>>]: never }
  readonly status?: StatusTable
  /** Every field there is. When given, a query or an index on any other field is `INVALID` at run time too. */
  readonly fields?: readonly (keyof OutputOf<S> & string)[]
  /** Fields that hold date-time texts and compare as instants, beside `created_at` and `updated_at`. */
  readonly times?: readonly (keyof OutputOf<S> & string)[]
  /** Fields in which an index finds what `contains` asks for, from three characters on. Takes 64 bytes a record each. */
  readonly texts?: readonly (keyof OutputOf<S> & string)[]
  /** Makes indexes of your own, which queries use where their `shape` says so. `INVALID` at the opening where one is none, or has the name of another. */
  readonly customIndexes?: readonly MakeIndex[]
  /** Rules that see other records; run in the actor, in order, after the reference rules. */
  readonly rules?: readonly Rule[]
  /** Rules that `force` skips. */
  readonly guards?: readonly Guard[]
  /** Version of the schema, default 1. */
  readonly version?: number
}

type IndexField<S extends Schema> = (keyof OutputOf<S> & string) | 'created_at' | 'updated_at'

declare const inputType: unique symbol
declare const outputType: unique symbol
declare const refsType: unique symbol

/** One type of record, ready for the store: every default filled in. Made by `entity`. */
export interface Entity<Input = unknown, Output = unknown, Id extends IdKind = IdKind, Refs = RefTargets> {
  readonly schema: Schema
  readonly id: Id
  readonly indexes: readonly (readonly string[])[]
  /** What only one live record may hold, a list of fields each. */
  readonly unique: readonly (readonly string[])[]
  readonly refs: Readonly<Record<string, Reference>>
  readonly status: StatusTable | undefined
  readonly fields: ReadonlySet<string> | undefined
  readonly times: ReadonlySet<string>
  readonly texts: ReadonlySet<string>
  readonly customIndexes: readonly MakeIndex[]
  readonly rules: readonly Rule[]
  readonly guards: readonly Guard[]
  readonly version: number
  /** Types only; absent at run time. */
  readonly [inputType]?: Input
  readonly [outputType]?: Output
  readonly [refsType]?: Refs
}

/** What a caller gives to create a record of this entity, system fields aside. */
export type EntityInput<E> = E extends Entity<infer Input, unknown, IdKind> ? Input : never

/** The fields that a record of this entity holds, system fields aside. */
export type EntityOutput<E> = E extends Entity<unknown, infer Output, IdKind> ? Output : never

/** What the references of this entity lead to, by field; any field to any type where only the run knows. */
export type EntityRefs<E> = E extends Entity<unknown, unknown, IdKind, infer Refs> ? Refs : never

/** Defines one type of record. Returns plain data; nothing is checked before `defineDomain`. */
export function entity<
  S extends Schema,
  const Id extends IdKind = 'uuidv7',
  const Refs extends Readonly<Record<string, string | Reference>> = Record<never, never>,
>(options: EntityOptions<S, Id, Refs>): Entity<InputOf<S>, OutputOf<S>, Id, TargetsOf<Refs>> {
  return {
    schema: options.schema,
    // The option's absence is what makes the type parameter its default.
    id: options.id ?? ('uuidv7' as Id),
    indexes: lists(options.indexes),
    unique: lists(options.unique),
    refs: references(options.refs ?? {}),
    status: options.status,
    fields: options.fields === undefined ? undefined : new Set(options.fields),
    times: new Set(['created_at', 'updated_at', ...(options.times ?? [])]),
    texts: new Set(options.texts ?? []),
    customIndexes: options.customIndexes ?? [],
    rules: options.rules ?? [],
    guards: options.guards ?? [],
    version: options.version ?? 1,
  }
}

/** How the values of this field of an entity compare. */
export function fieldKind(entity: Entity, field: string): FieldKind {
  return entity.times.has(field) ? 'time' : 'value'
}

function lists(given: readonly (string | readonly string[])[] = []): readonly (readonly string[])[] {
  return given.map((fields) => (typeof fields === 'string' ? [fields] : [...fields]))
}

function references(refs: Readonly<Record<string, string | Reference | undefined>>): Record<string, Reference> {
  const given = Object.entries(refs).filter((ref): ref is [string, string | Reference] => ref[1] !== undefined)
  return Object.fromEntries(
    given.map(([field, ref]) => [field, typeof ref === 'string' ? { to: ref, onDelete: 'restrict' } : ref]),
  )
}
