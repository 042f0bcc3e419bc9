import {
  type Entity,
  type JsonObject,
  type JsonValue,
  type SchemaIssue,
  type SchemaResult,
  StatewardError,
} from '@stateward/contract'
import type { Cell } from './cells-of.ts'
import { type Reading, readingsOf } from './readings.ts'

/** Fields that no schema sees; in a text they are as they stand there. `rev` is passed over: versions are counted anew. */
const systemFields: ReadonlySet<string> = new Set(['id', 'rev', 'created_at', 'updated_at'])

interface Column {
  readonly name: string
  readonly readings: readonly Reading[]
  /** Which of them is tried. */
  at: number
  /** Why the schema refused those before, and where nothing is left to try, this one. */
  readonly reasons: string[]
  isRefused: boolean
}

/**
 * The record that a row of cells stands for. Each cell is a text where the schema takes a text; where it does not, the
 * next thing that the cell may mean is tried. So what a cell becomes depends on its row and on the schema alone, never on other rows.
 * Rejects with `INVALID`, naming every column and why each reading of it was refused.
 */
export async function typedRow(cells: ReadonlyMap<string, Cell>, entity: Entity): Promise<JsonObject> {
  const system: [string, JsonValue][] = []
  const columns: Column[] = []
  for (const [name, cell] of cells) {
    if (!systemFields.has(name))
      columns.push({ name, readings: readingsOf(cell), at: 0, reasons: [], isRefused: false })
    else if (name !== 'rev' && cell !== undefined && cell !== '') system.push([name, cell])
  }
  for (;;) {
    const fields = fieldsOf(columns)
    const result = await askSchema(entity, withStatus(fields, entity))
    if (result.issues === undefined) return { ...Object.fromEntries(system), ...coerced(fields, result.value) }
    if (!tryNext(columns, result.issues)) throw refusal(columns, result.issues)
  }
}

/** As the store asks: a schema that throws has not said yes. */
async function askSchema(entity: Entity, fields: JsonObject): Promise<SchemaResult<unknown>> {
  try {
    return await entity.schema['~standard'].validate(fields)
  } catch (cause) {
    return { issues: [{ message: `its schema threw ${String(cause)}` }] }
  }
}

function fieldsOf(columns: readonly Column[]): JsonObject {
  const entries = columns.map(({ name, readings, at }) => [name, readings[at]?.value] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function withStatus(fields: JsonObject, { status }: Entity): JsonObject {
  return status === undefined || Object.hasOwn(fields, status.field)
    ? fields
    : { ...fields, [status.field]: status.initial }
}

/** A schema that takes a text and makes a number of it has said that it is one. */
function coerced(fields: JsonObject, output: unknown): JsonObject {
  if (typeof output !== 'object' || output === null) return fields
  const made = Object.entries(output).filter(
    ([name, value]) => typeof fields[name] === 'string' && (typeof value === 'number' || typeof value === 'boolean'),
  )
  return made.length === 0 ? fields : { ...fields, ...Object.fromEntries(made) }
}

/** Goes on to the next reading of each column that is at fault, if there is any. */
function tryNext(columns: readonly Column[], issues: readonly SchemaIssue[]): boolean {
  // A union of several shapes says of none of its fields which is wrong: then all of them may be.
  const isOfAll = issues.every((issue) => nameOf(issue) === undefined)
  let isNew = false
  for (const column of columns) {
    const issue = issues.find((one) => nameOf(one) === column.name)
    if (column.isRefused || (issue === undefined && !isOfAll)) continue
    if (issue !== undefined) column.reasons.push(`as ${column.readings[column.at]?.as}: ${issue.message}`)
    if (column.at + 1 < column.readings.length) {
      column.at++
      isNew = true
    } else column.isRefused = issue !== undefined
  }
  return isNew
}

function nameOf({ path }: SchemaIssue): string | undefined {
  const [first] = path ?? []
  return first === undefined ? undefined : String(typeof first === 'object' ? first.key : first)
}

function refusal(columns: readonly Column[], issues: readonly SchemaIssue[]): StatewardError {
  const refused = columns.filter(({ isRefused }) => isRefused)
  const ofColumns = refused.map(({ name, readings, reasons }) => `${name} ${shown(readings)} ${reasons.join('; ')}`)
  const others = issues.filter((issue) => !columns.some(({ name }) => name === nameOf(issue)))
  const ofOthers = others.map((issue) => [nameOf(issue), issue.message].filter(Boolean).join(': '))
  return new StatewardError('INVALID', [...ofColumns, ...ofOthers].slice(0, 20).join('. '), {
    details: { columns: refused.map(({ name }) => name) },
  })
}

function shown([reading]: readonly Reading[]): string {
  const text = String(reading?.value ?? '')
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
