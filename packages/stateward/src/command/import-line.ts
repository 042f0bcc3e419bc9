import { type JsonObject, StatewardError } from '@stateward/contract'
import type { InputLine } from './input-lines.ts'

/** One record as a line wants it; `rev` is what the line counts, 1 for a new one. */
export interface ImportPut {
  readonly op: 'put'
  readonly type: string
  readonly data: JsonObject
  readonly rev: number
}

export interface ImportUpdate {
  readonly op: 'update'
  readonly type: string
  readonly id: string
  readonly changes: JsonObject
  readonly unset: readonly string[]
}

export interface ImportDelete {
  readonly op: 'delete'
  readonly type: string
  readonly id: string
}

export type ImportChange = ImportPut | ImportUpdate | ImportDelete

/** What one line of an import asks for. */
export type ImportLine =
  | {
      readonly kind: 'changes'
      readonly changes: readonly ImportChange[]
      readonly actor?: string
      readonly force?: string
    }
  /** Empty, or a line by which a storage talks to itself. */
  | { readonly kind: 'nothing' }
  /** The last line of an export: how many records are before it, and the SHA-256 of all bytes before it. */
  | { readonly kind: 'end'; readonly records: unknown; readonly sha256: unknown }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads one line: a record of `type`, or, without one, a line in the form of the log. Throws `INVALID` or `TOO_LARGE`,
 * saying what was expected and found.
 */
export function importLine({ bytes }: InputLine, type: string | undefined): ImportLine {
  if (bytes === undefined)
    throw new StatewardError('TOO_LARGE', 'expected a line of at most 16 MiB, found a longer one')
  const text = textOf(bytes).trim()
  if (text === '') return { kind: 'nothing' }
  const value = objectIn(text)
  return type === undefined ? logLine(value) : { kind: 'changes', changes: [recordPut(type, value)] }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw invalid('expected UTF-8, found bytes that are none')
  }
}

function objectIn(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid(`expected a JSON object on one line, found ${JSON.stringify(text.slice(0, 40))}`)
  }
  if (isObject(value)) return value
  throw invalid(`expected a JSON object, found ${JSON.stringify(value).slice(0, 40)}`)
}

/** A record as it is read: its version is counted anew. */
export function recordPut(type: string, { rev: _, ...data }: JsonObject): ImportPut {
  return { op: 'put', type, data, rev: 1 }
}

function logLine(line: JsonObject): ImportLine {
  const { type, timestamp, data, actor, force } = line
  if (typeof type !== 'string') throw notOfALog('no "type"')
  if (type === '$export') return { kind: 'end', ...endOf(data) }
  if (type.startsWith('$')) return { kind: 'nothing' }
  if (typeof timestamp !== 'string') throw notOfALog('no "timestamp"')
  const changes = type === 'tx' ? opsIn(data).map((op) => changeOf(op, timestamp)) : [changeOf(line, timestamp)]
  return {
    kind: 'changes',
    changes,
    ...(typeof actor === 'string' ? { actor } : {}),
    ...(typeof force === 'string' ? { force } : {}),
  }
}

function endOf(data: unknown): { records: unknown; sha256: unknown } {
  return isObject(data) ? { records: data.records, sha256: data.sha256 } : { records: undefined, sha256: undefined }
}

function opsIn(data: unknown): readonly JsonObject[] {
  const ops: unknown = isObject(data) ? data.ops : undefined
  if (Array.isArray(ops) && ops.every(isObject)) return ops
  throw notOfALog('a transaction without data.ops')
}

function changeOf(op: JsonObject, timestamp: string): ImportChange {
  const { type, target, id, changes, unset, data, rev } = op
  if (type === 'update' || type === 'delete') {
    if (typeof target !== 'string' || typeof id !== 'string') throw notOfALog(`an ${type} without "target" and "id"`)
    if (type === 'delete') return { op: 'delete', type: target, id }
    if (!isObject(changes)) throw notOfALog('an update without "changes"')
    const fields = Array.isArray(unset) ? unset.map(String) : []
    return { op: 'update', type: target, id, changes: { updated_at: timestamp, ...changes }, unset: fields }
  }
  if (typeof type !== 'string' || !isObject(data)) throw notOfALog('no "data"')
  const times = { created_at: timestamp, updated_at: timestamp }
  return { op: 'put', type, data: { ...times, ...data }, rev: typeof rev === 'number' ? rev : 1 }
}

function notOfALog(found: string): StatewardError {
  return invalid(
    `expected a line of a log, such as {"type":"plan","timestamp":"…","data":{…}}, found one with ${found}; for plain records name their type with --type`,
  )
}

function invalid(message: string): StatewardError {
  return new StatewardError('INVALID', message)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
