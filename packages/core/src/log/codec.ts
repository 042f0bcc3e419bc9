import { type Change, type Commit, type JsonObject, type JsonValue, StatewardError } from '@stateward/contract'
import { deepFreeze } from '../validation/frozen-json.ts'

/** What a commit carries beside its changes. */
export interface CommitMeta {
  readonly timestamp: string
  readonly actor?: string | undefined
  readonly force?: string | undefined
  readonly txid?: string | undefined
}

/**
 * One commit as the JSON object of its line, without the tail that a storage adds (see docs/log-format.md). A commit
 * of one change is that change's own line, any other one is a `tx` line.
 */
export function encodeCommit(changes: readonly Change[], meta: CommitMeta): string {
  const stamp = `,"timestamp":${JSON.stringify(meta.timestamp)}`
  const [first] = changes
  if (first !== undefined && changes.length === 1) return `${openLine(first, stamp, meta.timestamp)}${metaOf(meta)}}`
  const ops = changes.map((change) => `${openLine(change, '', meta.timestamp)}}`)
  return `{"type":"tx"${stamp},"data":{"ops":[${ops.join(',')}]}${metaOf(meta)}}`
}

/** The line of one change. */
export function changeLine(change: Change | LooseChange, timestamp: string): Uint8Array {
  return Buffer.from(encodeCommit([change], { timestamp }))
}

/** A change as an object whose last brace is still to come. */
function openLine(change: Change, stamp: string, timestamp: string): string {
  switch (change.op) {
    case 'put':
      return `{"type":${JSON.stringify(change.type)}${stamp}${putBody(change.data, change.rev, timestamp)}`
    case 'patch':
      return `{"type":"update"${stamp}${patchBody(change, timestamp)}`
    case 'delete':
      return `{"type":"delete"${stamp}${deleteBody(change)}`
    default:
      return change satisfies never
  }
}

function putBody(data: JsonObject, rev: number, timestamp: string): string {
  return `,"data":${putData(data, timestamp)},"rev":${rev}`
}

function putData(data: JsonObject, timestamp: string): string {
  if (data.updated_at !== timestamp) return JSON.stringify(withoutImplied(data, timestamp))
  if (data.created_at !== timestamp) {
    const text = JSON.stringify(data)
    const time = `,"updated_at":"${timestamp}"}`
    return text.endsWith(time) ? `${text.slice(0, -time.length)}}` : JSON.stringify(withoutImplied(data, timestamp))
  }
  const text = JSON.stringify(data)
  // A record just made ends with its two times: cutting them off the text is cheaper than a copy without them.
  const times = `,"created_at":"${timestamp}","updated_at":"${timestamp}"}`
  return text.endsWith(times) ? `${text.slice(0, -times.length)}}` : JSON.stringify(withoutImplied(data, timestamp))
}

function patchBody(change: Extract<Change, { op: 'patch' }>, timestamp: string): string {
  const unset = change.unset.length === 0 ? '' : `,"unset":${JSON.stringify(change.unset)}`
  const target = `,"target":${JSON.stringify(change.type)},"id":${JSON.stringify(change.id)}`
  return `${target},"changes":${JSON.stringify(withoutImpliedUpdate(change.changes, timestamp))}${unset},"rev":${change.rev},"prev":${change.prev}`
}

function deleteBody(change: Extract<Change, { op: 'delete' }>): string {
  return `,"target":${JSON.stringify(change.type)},"id":${JSON.stringify(change.id)},"rev":${change.rev}`
}

function metaOf(meta: CommitMeta): string {
  const actor = meta.actor === undefined ? '' : `,"actor":${JSON.stringify(meta.actor)}`
  const force = meta.force === undefined ? '' : `,"force":${JSON.stringify(meta.force)}`
  const txid = meta.txid === undefined ? '' : `,"txid":${JSON.stringify(meta.txid)}`
  return `${actor}${force}${txid}`
}

/** Times equal to the line's own are left out: absent means "as the line says". */
function withoutImplied(fields: JsonObject, timestamp: string): JsonObject {
  if (fields.created_at !== timestamp && fields.updated_at !== timestamp) return fields
  const { created_at, updated_at, ...rest } = fields
  return {
    ...rest,
    ...(created_at === undefined || created_at === timestamp ? {} : { created_at }),
    ...(updated_at === undefined || updated_at === timestamp ? {} : { updated_at }),
  }
}

/** An update without `created_at` leaves it as it was, so only `updated_at` may be left to the line. */
function withoutImpliedUpdate(changes: JsonObject, timestamp: string): JsonObject {
  if (changes.updated_at !== timestamp) return changes
  const { updated_at: _, ...rest } = changes
  return rest
}

/**
 * The commit that a line holds. The storage has verified its bytes; what does not have the shape of a commit all the
 * same is `CORRUPT`.
 */
export function decodeCommit(line: Uint8Array, seq: number): Commit {
  return readLine(line, seq, (parsed) => commitOf(parsed, seq))
}

/** What `take` makes of the parsed line. What it throws is `CORRUPT`. */
function readLine<T>(line: Uint8Array, seq: number, take: (parsed: LineObject) => T): T {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  try {
    return take(JSON.parse(text))
  } catch (cause) {
    throw new StatewardError(
      'CORRUPT',
      `expected ${seq === 0 ? 'a line of the log' : `the line of seq ${seq}`} to hold a commit, found ${text.slice(0, 80)}; run verify`,
      { cause, details: { seq } },
    )
  }
}

function commitOf(parsed: LineObject, seq: number): Commit {
  const { timestamp, actor, txid, force } = parsed
  const ops = operationsOf(parsed)
  const changes = ops.map((op) => decodeChange(op, timestamp))
  return {
    seq,
    timestamp,
    changes,
    ...(actor === undefined ? {} : { actor }),
    ...(txid === undefined ? {} : { txid }),
    ...(force === undefined ? {} : { force }),
  }
}

/** What a line says, for who looks at it once: made of the parsed line itself, and not frozen. */
export interface LooseCommit {
  readonly seq: number
  readonly timestamp: string
  readonly changes: readonly LooseChange[]
  readonly txid: string | undefined
}

/** As `Change`, of which `data` and `changes` belong to whoever has it, and may be written upon. */
export type LooseChange =
  | (Extract<Change, { op: 'put' }> & { readonly data: Record<string, JsonValue> })
  | (Extract<Change, { op: 'patch' }> & { readonly changes: Record<string, JsonValue> })
  | Extract<Change, { op: 'delete' }>

/** As `decodeCommit`, in a third of the time. */
export function decodeLoosely(line: Uint8Array, seq: number): LooseCommit {
  return readLine(line, seq, (parsed) => {
    const { timestamp, txid } = parsed
    return { seq, timestamp, txid, changes: operationsOf(parsed).map((op) => looseChange(op, timestamp)) }
  })
}

/** The keys of every kind of line, as `JSON.parse` gives them. */
interface LineObject {
  readonly type: string
  readonly timestamp: string
  readonly data?: Record<string, JsonValue>
  readonly target?: string
  readonly id?: string
  readonly changes?: Record<string, JsonValue>
  readonly unset?: readonly string[]
  readonly rev?: number
  readonly prev?: number
  readonly actor?: string
  readonly txid?: string
  readonly force?: string
}

/** Throws where the line has not the shape of one. */
function operationsOf(parsed: LineObject): readonly LineObject[] {
  const { type, timestamp } = parsed
  if (typeof type !== 'string' || typeof timestamp !== 'string') throw new TypeError('it has no type or no timestamp')
  return type === 'tx' ? opsOf(parsed) : [parsed]
}

/** The operations of a `tx` line: lines of their own but for timestamp and tail. */
function opsOf({ data }: LineObject): readonly LineObject[] {
  return (data?.ops ?? []) as unknown as readonly LineObject[]
}

/** One operation of a line of several, from its own text. Throws where it is no JSON. */
export function decodeOperation(text: string, timestamp: string): Change {
  const parsed: LineObject = JSON.parse(text)
  return decodeChange(parsed, timestamp)
}

function decodeChange(op: LineObject, timestamp: string): Change {
  const { type, target = '', id = '', rev = 0 } = op
  if (type === 'delete') return { op: 'delete', type: target, id, rev }
  if (type === 'update') {
    const changes = { ...op.changes, updated_at: op.changes?.updated_at ?? timestamp }
    return {
      op: 'patch',
      type: target,
      id,
      rev,
      prev: op.prev ?? 0,
      changes: deepFreeze(changes),
      unset: op.unset ?? [],
    }
  }
  const data: JsonObject = op.data ?? {}
  const newId = String(data.id ?? '')
  const times = { created_at: data.created_at ?? timestamp, updated_at: data.updated_at ?? timestamp }
  return { op: 'put', type, id: newId, rev, data: deepFreeze({ ...data, id: newId, ...times }) }
}

function looseChange(op: LineObject, timestamp: string): LooseChange {
  const { type, target = '', id = '', rev = 0 } = op
  if (type === 'delete') return { op: 'delete', type: target, id, rev }
  if (type === 'update') {
    const changes = ownFields(op.changes)
    changes.updated_at ??= timestamp
    return { op: 'patch', type: target, id, rev, prev: op.prev ?? 0, changes, unset: op.unset ?? [] }
  }
  const data = ownFields(op.data)
  data.id = String(data.id ?? '')
  data.created_at ??= timestamp
  data.updated_at ??= timestamp
  return { op: 'put', type, id: data.id, rev, data }
}

/** Lines of others may hold anything: what is no object is what a copy makes of it. */
function ownFields(value: Record<string, JsonValue> | undefined): Record<string, JsonValue> {
  // Only the parser had it so far.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : Object.assign({}, value)
}

/** Whether a line holds this version of this record whole, and nothing else, so that it may stand for it as it is. */
export function isWholeLineOf(
  line: Uint8Array,
  { type, id, rev }: { readonly type: string; readonly id: string; readonly rev: number },
): boolean {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  // Told apart without a parse: a line of many records may be long.
  const start = `{"type":${JSON.stringify(type)},`
  if (bytes.toString('utf8', 0, Buffer.byteLength(start)) !== start) return false
  const text = bytes.toString('utf8')
  if (isWrittenSo(text, { start, id, rev })) return true
  try {
    const parsed: LineObject = JSON.parse(text)
    return parsed.rev === rev && parsed.data?.id === id && typeof parsed.timestamp === 'string'
  } catch {
    return false
  }
}

/** Whether a line is as `encodeCommit` writes the record; where this says no, a parse may say yes all the same. */
function isWrittenSo(
  text: string,
  { start, id, rev }: { readonly start: string; readonly id: string; readonly rev: number },
): boolean {
  const stamp = '"timestamp":"'
  if (!text.startsWith(stamp, start.length) || !text.endsWith(`},"rev":${rev}}`)) return false
  const data = `","data":{"id":${JSON.stringify(id)}`
  const at = text.indexOf('"', start.length + stamp.length)
  // A second "id" might be the one that counts.
  return text.startsWith(data, at) && text.indexOf('"id":', at + data.length) < 0
}
