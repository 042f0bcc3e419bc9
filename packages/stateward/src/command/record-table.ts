import type { Entity, JsonValue, StoredRecord } from '@stateward/contract'
import type { Output } from './output.ts'
import { paintStatus } from './palette.ts'
import { printable } from './printable.ts'
import { idShortener } from './short-id.ts'
import { type Column, tableLines } from './table.ts'

const names = ['name', 'title', 'loop_type']
const system = ['id', 'rev', 'created_at', 'updated_at']
const isoInUtc = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/

/** Records as a table for people: ids cut short, one line a record. `fields`: which columns, else those that tell most. */
export function recordTable(
  rows: readonly StoredRecord[],
  { entity, output, fields }: { entity: Entity; output: Output; fields?: readonly string[] | undefined },
): string[] {
  const shown = fields ?? usualFields(rows, entity)
  const statusField = entity.status?.field
  const columns = shown.map((field): Column => {
    const isNumber = rows.some((row) => typeof row[field] === 'number')
    return {
      title: field,
      keep: importance(field, entity),
      whole: field === 'id',
      align: isNumber ? 'right' : 'left',
      ...(field === statusField && { paint: (text: string) => paintStatus(output.paint, text) }),
      ...((field === 'id' || isReference(field, entity)) && { paint: output.paint.cyan }),
      ...(entity.times.has(field) && { paint: output.paint.dim }),
    }
  })
  const short = idShortener(rows.flatMap((row) => [row.id, ...referencesIn(row, entity)]))
  const cells = rows.map((row) => shown.map((field) => cellText(row[field], field, entity, short)))
  return tableLines(columns, cells, { width: output.width, paintTitle: output.paint.bold })
}

/** One value on one line: texts as they are, everything else as JSON. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return ''
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A time that the store wrote, to the second; any other as it was given. */
export function timeText(time: string): string {
  const parts = isoInUtc.exec(time)
  return parts === null ? printable(time) : `${parts[1]} ${parts[2]}Z`
}

function cellText(value: JsonValue | undefined, field: string, entity: Entity, short: (id: string) => string): string {
  if (typeof value === 'string' && entity.times.has(field)) return timeText(value)
  if (field !== 'id' && !isReference(field, entity)) return valueText(value)
  if (Array.isArray(value)) return value.map((one) => printable(short(String(one)))).join(' ')
  return valueText(typeof value === 'string' ? short(value) : value)
}

function isReference(field: string, { refs }: Entity): boolean {
  return Object.hasOwn(refs, field)
}

function referencesIn(row: StoredRecord, { refs }: Entity): string[] {
  return Object.keys(refs).flatMap((field) => {
    const value = row[field]
    const ids: readonly unknown[] = Array.isArray(value) ? value : [value]
    return ids.filter((id): id is string => typeof id === 'string')
  })
}

/** The id, what the record is called, its status, what it belongs to, and whatever else is short. */
function usualFields(rows: readonly StoredRecord[], entity: Entity): string[] {
  const known = entity.fields ?? new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row)))
  const own = [...known].filter((field) => !system.includes(field) && field !== 'description')
  const telling = own.filter((field) => isReference(field, entity) || rows.some((row) => isShort(row[field])))
  const ranked = telling.sort((left, right) => importance(right, entity) - importance(left, entity))
  return ['id', ...ranked.filter((field) => rows.some((row) => !isEmpty(row[field]))), 'updated_at']
}

function isShort(value: JsonValue | undefined): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

function importance(field: string, entity: Entity): number {
  if (field === 'id') return 100
  if (names.includes(field)) return 90
  if (field === entity.status?.field) return 80
  if (isReference(field, entity)) return 60
  if (field === 'updated_at') return 50
  return entity.times.has(field) ? 30 : 40
}
