import {
  type Entity,
  type JsonObject,
  type JsonValue,
  type SchemaIssue,
  type SchemaResult,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { PendingCheck } from '../records/suspension.ts'
import { describe } from '../validation/frozen-json.ts'
import { textOf } from '../validation/storage-error.ts'

export const systemFields: ReadonlySet<string> = new Set(['id', 'rev', 'created_at', 'updated_at'])

/** A record without its system fields: what a schema sees. */
function ownFields(record: StoredRecord): JsonObject {
  const { id: _, rev: __, created_at: ___, updated_at: ____, ...fields } = record
  return Object.freeze(fields)
}

/** Types whose schema has answered with a promise: their updates are checked before they queue, so that the actor does not wait. */
const slowSchemas = new WeakSet<Entity>()

export function isSlow(entity: Entity): boolean {
  return slowSchemas.has(entity)
}

/** Asks the schema; answers at once when the schema does. Never throws and never rejects. */
export function askSchema(entity: Entity, fields: JsonObject): SchemaResult<unknown> | Promise<SchemaResult<unknown>> {
  try {
    const result: unknown = entity.schema['~standard'].validate(fields)
    // Any thenable: a promise may come from another realm, or from another library.
    if (typeof result !== 'object' || result === null || !('then' in result)) return sound(result)
    slowSchemas.add(entity)
    return Promise.resolve(result).then(sound, threw)
  } catch (cause) {
    return threw(cause)
  }
}

/** What is no result is no yes. */
function sound(result: unknown): SchemaResult<unknown> {
  if (typeof result === 'object' && result !== null) {
    if ('issues' in result && Array.isArray(result.issues)) return { issues: result.issues }
    if ('value' in result && (!('issues' in result) || result.issues === undefined)) return { value: result.value }
  }
  return { issues: [{ message: `its schema answered with ${describe(result)}, which says neither yes nor no` }] }
}

/** A schema that throws has not said yes. */
function threw(cause: unknown): SchemaResult<unknown> {
  return { issues: [{ message: `its schema threw ${textOf(cause)}` }] }
}

/** Throws `INVALID` with every issue's path and message. */
export function throwIssues(
  type: string,
  result: SchemaResult<unknown>,
): asserts result is { readonly value: unknown } {
  if (result.issues === undefined) return
  const shown = result.issues.slice(0, 20).map((issue) => ({ path: pathOf(issue), message: issue.message }))
  const text = shown.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  throw new StatewardError('INVALID', `expected a valid ${type}, found ${text}`, { details: { type, issues: shown } })
}

function pathOf({ path }: SchemaIssue): string {
  if (!Array.isArray(path)) return ''
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

/** Answers of schemas within one write; a slow schema's answer is awaited once and then found here. */
export class SchemaChecks {
  #settled: Map<string, SchemaResult<unknown>> | undefined

  /** Throws `INVALID` when the record does not fit its schema, `PendingCheck` when that is not known yet. */
  require(type: string, entity: Entity, record: StoredRecord): void {
    const fields = ownFields(record)
    const known = this.#settled?.get(keyOf(type, fields))
    const result = known ?? askSchema(entity, fields)
    if (result instanceof Promise) throw new PendingCheck(this.#settle(type, fields, result))
    throwIssues(type, result)
  }

  /** Asks a slow schema ahead of the decision. */
  async ahead(type: string, entity: Entity, fields: JsonObject): Promise<void> {
    await this.#settle(type, fields, askSchema(entity, fields))
  }

  async #settle(
    type: string,
    fields: JsonObject,
    result: SchemaResult<unknown> | Promise<SchemaResult<unknown>>,
  ): Promise<void> {
    const settled = await result
    this.#settled ??= new Map()
    this.#settled.set(keyOf(type, fields), settled)
  }
}

function keyOf(type: string, fields: Readonly<Record<string, JsonValue | undefined>>): string {
  return `${type}\0${JSON.stringify(fields)}`
}
