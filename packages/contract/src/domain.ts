import type { Entity, EntityInput, EntityOutput, EntityRefs } from './entity.ts'
import { StatewardError } from './error.ts'
import type { SystemFields } from './json.ts'
import type { Procedures } from './procedure.ts'

/** Types of records by name. */
export type Entities = Readonly<Record<string, Entity>>

/** A set of types that belong together. Made by `defineDomain`. */
export interface Domain<E extends Entities = Entities> {
  readonly entities: E
  /** What it can be asked and told beyond its records. */
  readonly procedures: Required<Procedures>
}

/** Names of the types of a domain. */
export type TypeOf<D extends Domain> = keyof D['entities'] & string

/** A record of type `T` as it is read. */
export type RecordOf<D extends Domain, T extends TypeOf<D>> = Readonly<EntityOutput<D['entities'][T]>> & SystemFields

/**
 * What a record of a type leads to, by each of its references: a record, or for a list of ids a list of them in its order;
 * `undefined` for what is not there.
 */
export type RelationsOf<D extends Domain, T extends TypeOf<D>> = {
  readonly [F in keyof EntityRefs<D['entities'][T]> & string]: Led<
    FieldIn<RecordOf<D, T>, F>,
    RecordOf<D, EntityRefs<D['entities'][T]>[F] & TypeOf<D>>
  >
}

/** What the field may hold, in any of the shapes that the record may have. */
type FieldIn<R, F> = string extends F ? unknown : R extends unknown ? (F extends keyof R ? R[F] : undefined) : never

type Led<Value, Related> = unknown extends Value
  ? Related | readonly (Related | undefined)[] | undefined
  : Value extends readonly unknown[]
    ? readonly (Related | undefined)[]
    : Value extends string
      ? Related | undefined
      : undefined

/** What `create` takes: the fields of the type; `id` where the caller gives it; `created_at`, `updated_at` at will. */
export type CreateOf<D extends Domain, T extends TypeOf<D>> = EntityInput<D['entities'][T]> &
  (D['entities'][T] extends Entity<unknown, unknown, 'string'> ? { readonly id: string } : { readonly id?: string }) &
  GivenTimes

/** What `update` takes: any of the fields of the type. */
export type ChangesOf<D extends Domain, T extends TypeOf<D>> = Partial<EntityInput<D['entities'][T]>> & GivenTimes

interface GivenTimes {
  readonly created_at?: string
  readonly updated_at?: string
}

/** What a type may not be called: words of the log, and members of the state that collections stand beside. */
export const reservedTypeNames: readonly string[] = [
  'update',
  'delete',
  'tx',
  'transact',
  'transaction',
  'changes',
  'asOf',
  'snapshot',
  'diff',
  'undo',
  'restoreSnapshot',
  'view',
  'compact',
  'verify',
  'checkIndexes',
  'stats',
  'flush',
  'close',
  'shutdown',
  'reopen',
  'ask',
  'follow',
  'watch',
  'recovery',
  'domain',
  'then',
  'constructor',
  'prototype',
  '__proto__',
  'on',
  'off',
  'history',
  'get',
  'create',
  'query',
  'cursor',
  'reap',
  'ready',
  'backup',
  'import',
  'export',
  'toJSON',
  'seq',
  'timestamp',
  'oldestSeq',
  'records',
]

const namePattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
/** Words with a meaning of their own in a filter. */
export const reservedFieldNames: readonly string[] = ['and', 'or', 'not', '__proto__']

/**
 * Checks a set of types against each other and makes a domain of them.
 * Throws `INVALID` naming the first definition that does not hold: a reserved or malformed name, an index, unique key or reference
 * on a field that `fields` does not list, a reference to a type that is not there, a transition to no status.
 * `procedures` are questions and commands by name, for what records alone do not answer.
 */
export function defineDomain<const E extends Entities>(entities: E, procedures: Procedures = {}): Domain<E> {
  for (const [type, definition] of Object.entries(entities)) {
    if (reservedTypeNames.includes(type) || !namePattern.test(type)) {
      throw invalid(
        type,
        `a type name is a letter and up to 63 letters, digits or _, and none of ${reservedTypeNames.join(', ')}`,
      )
    }
    checkFields(type, definition)
    checkReferences(type, definition, entities)
    checkTransitions(type, definition)
  }
  const { questions = {}, commands = {} } = procedures
  return Object.freeze({
    entities: Object.freeze({ ...entities }),
    procedures: Object.freeze({ questions: Object.freeze({ ...questions }), commands: Object.freeze({ ...commands }) }),
  })
}

function checkFields(type: string, definition: Entity): void {
  const system = ['id', 'rev', 'created_at', 'updated_at']
  const named = [
    ...definition.indexes.flat(),
    ...definition.unique.flat(),
    ...Object.keys(definition.refs),
    ...(definition.fields ?? []),
    ...definition.times,
    ...definition.texts,
  ]
  if (definition.status !== undefined) named.push(definition.status.field)
  for (const { to } of Object.values(definition.refs)) if (typeof to !== 'string') named.push(to.typeField)
  for (const field of named) {
    if (reservedFieldNames.includes(field))
      throw invalid(type, `a field may not be called ${field}: filters use the word`)
    if (definition.fields !== undefined && !definition.fields.has(field) && !system.includes(field)) {
      throw invalid(
        type,
        `its index, unique key, reference, time, text or status names the field ${field}, which "fields" does not list`,
      )
    }
  }
  checkLists(type, 'an index', definition.indexes)
  checkLists(type, 'a unique key', definition.unique)
}

function checkLists(type: string, what: string, lists: readonly (readonly string[])[]): void {
  for (const fields of lists) {
    if (fields.length === 0 || new Set(fields).size !== fields.length)
      throw invalid(type, `${what} names at least one field, each once`)
  }
}

function checkReferences(type: string, definition: Entity, entities: Entities): void {
  for (const [field, reference] of Object.entries(definition.refs)) {
    const targets = typeof reference.to === 'string' ? [reference.to] : reference.to.types
    const missing = targets.find((target) => !Object.hasOwn(entities, target))
    if (missing !== undefined)
      throw invalid(type, `its reference ${field} leads to the type ${missing}, which the domain does not define`)
  }
}

function checkTransitions(type: string, definition: Entity): void {
  if (definition.status === undefined) return
  const { initial, transitions } = definition.status
  const targets = [initial, ...Object.values(transitions).flat()]
  const unknown = targets.find((target) => !Object.hasOwn(transitions, target))
  if (unknown !== undefined) throw invalid(type, `its transitions lead to ${unknown}, which is no key of the table`)
}

function invalid(type: string, message: string): StatewardError {
  return new StatewardError('INVALID', `type ${type}: ${message}`, { details: { type } })
}
