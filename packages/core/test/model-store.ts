import { isDeepStrictEqual } from 'node:util'
import type { Deleted, ErrorCode, JsonObject, Operation, Seq, StoredRecord } from '@stateward/contract'

/** A call as the store is asked, in the words of the protocol. */
export type Call =
  | { readonly kind: 'one'; readonly op: Operation }
  | { readonly kind: 'transact'; readonly ops: readonly Operation[] }
  | { readonly kind: 'many'; readonly ops: readonly Operation[] }

export interface Version {
  readonly seq: Seq
  readonly type: string
  readonly id: string
  readonly rev: number
  readonly record: StoredRecord | undefined
}

interface Head {
  readonly rev: number
  readonly record: StoredRecord | undefined
  /** Before the deletion. */
  readonly last: StoredRecord | undefined
}

export type Outcome = { readonly code: ErrorCode } | { readonly results: readonly (StoredRecord | Deleted)[] }

class Refused extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode) {
    super(code)
    this.code = code
  }
}

const transitions: Readonly<Record<string, readonly string[]>> = {
  draft: ['open'],
  open: ['draft', 'done'],
  done: ['open'],
}
const kinds: Readonly<Record<string, string>> = { title: 'string', n: 'number', state: 'string', parent: 'string' }

/** What the state manager promises over the tiny domain, on one Map and in the slowest way. */
export class ModelStore {
  readonly heads: Map<string, Head> = new Map()
  readonly versions: Version[] = []
  lastSeq: Seq = 0
  #draft = new Map<string, Head>()
  #touched = new Set<string>()
  #now = ''

  write(call: Call, now: string): Outcome {
    const ops = asLogged(call.kind === 'one' ? [call.op] : call.ops)
    this.#draft = new Map(this.heads)
    this.#touched = new Set()
    this.#now = now
    try {
      for (const op of ops) if (op.op === 'create') checkFields(op.type, op.data)
      const results = ops.map((op) => this.#step(op))
      this.#commit()
      return { results }
    } catch (reason) {
      if (reason instanceof Refused) return { code: reason.code }
      throw reason
    }
  }

  live(type: string): StoredRecord[] {
    return liveOf(this.heads, type)
  }

  /** The version of a record that a commit left, if it touched it. */
  at(seq: Seq, type: string, id: string): Version | undefined {
    return this.versions.find((one) => one.seq === seq && one.type === type && one.id === id)
  }

  #commit(): void {
    const changed = [...this.#touched].filter(
      (key) => this.heads.get(key)?.record !== undefined || this.#draft.get(key)?.record !== undefined,
    )
    if (changed.length === 0) return
    this.lastSeq++
    for (const key of changed) {
      const head = this.#draft.get(key)
      if (head === undefined) continue
      const [type = '', id = ''] = key.split('\0')
      // Of one commit only the end is kept: what a deleted record was in the middle of it never was a version.
      this.heads.set(key, head.record === undefined ? { ...head, last: this.heads.get(key)?.record } : head)
      this.versions.push({ seq: this.lastSeq, type, id, rev: head.rev, record: head.record })
    }
  }

  #set(type: string, id: string, fields: JsonObject | undefined): StoredRecord | undefined {
    const key = `${type}\0${id}`
    const rev = (this.heads.get(key)?.rev ?? 0) + 1
    // Whoever calls has put the system fields in.
    const record = fields === undefined ? undefined : ({ ...fields, rev } as StoredRecord)
    this.#draft.set(key, { rev, record, last: this.#draft.get(key)?.record })
    this.#touched.add(key)
    return record
  }

  #get(type: string, id: string): StoredRecord | undefined {
    return this.#draft.get(`${type}\0${id}`)?.record
  }

  #step(op: Operation): StoredRecord | Deleted {
    switch (op.op) {
      case 'create':
        return this.#create(op)
      case 'update':
        return this.#update(op)
      case 'delete':
        return this.#delete(op)
      default:
        return this.#restore(op)
    }
  }

  #create({ type, data }: Extract<Operation, { op: 'create' }>): StoredRecord {
    const id = String(data.id)
    const filled = type === 'plan' ? { status: 'draft', ...data } : data
    const head = this.#draft.get(`${type}\0${id}`)
    if (head?.record !== undefined) {
      const { rev, created_at, updated_at } = head.record
      if (isDeepStrictEqual({ rev, created_at, updated_at, ...filled }, { ...head.record })) return head.record
      throw new Refused('ALREADY_EXISTS')
    }
    if (head !== undefined && type === 'plan') throw new Refused('ALREADY_EXISTS')
    const times = { created_at: data.created_at ?? this.#now, updated_at: data.updated_at ?? this.#now }
    return this.#checked(type, undefined, this.#set(type, id, { ...filled, ...times }))
  }

  #update({ type, id, changes, unset = [], ...rest }: Extract<Operation, { op: 'update' }>): StoredRecord {
    const before = this.#found(type, id, rest.expectedRev)
    const differing = Object.entries(changes).filter(([field, value]) => !isDeepStrictEqual(value, before[field]))
    const removed = unset.filter((field) => field in before)
    if (differing.length + removed.length === 0) return before
    const merged: Record<string, unknown> = { ...before, ...Object.fromEntries(differing) }
    merged.updated_at = changes.updated_at ?? this.#now
    for (const field of removed) delete merged[field]
    checkFields(type, merged as JsonObject)
    if (type === 'plan' && merged.status !== before.status) {
      if (!transitions[String(before.status)]?.includes(String(merged.status))) throw new Refused('ILLEGAL_TRANSITION')
    }
    const after = this.#checked(type, before, this.#set(type, id, merged as JsonObject))
    if (type === 'plan' && after.status === 'done' && before.status !== 'done' && rest.force !== true)
      this.#finishPlan(id, rest.cascade === true)
    return after
  }

  #finishPlan(id: string, cascade: boolean): void {
    const open = liveOf(this.#draft, 'task').filter((task) => task.plan_id === id && task.state === 'open')
    if (open.length > 0 && !cascade) throw new Refused('RESTRICTED')
    for (const task of open) this.#update({ op: 'update', type: 'task', id: task.id, changes: { state: 'closed' } })
  }

  #delete({ type, id, expectedRev, cascade }: Extract<Operation, { op: 'delete' }>): Deleted {
    this.#found(type, id, expectedRev)
    if (cascade !== true && this.#dependents(type, id).length > 0) throw new Refused('RESTRICTED')
    this.#remove(type, id)
    return { id, rev: (this.heads.get(`${type}\0${id}`)?.rev ?? 0) + 1 }
  }

  #remove(type: string, id: string): void {
    if (this.#get(type, id) === undefined) return
    const dependents = this.#dependents(type, id)
    this.#set(type, id, undefined)
    for (const one of dependents) this.#remove(one.type, one.id)
  }

  #dependents(type: string, id: string): { type: string; id: string }[] {
    const tasks = liveOf(this.#draft, 'task').filter(
      (task) => (type === 'plan' && task.plan_id === id) || (type === 'task' && task.parent === id && task.id !== id),
    )
    const links = liveOf(this.#draft, 'link').filter((link) => link.target_type === type && link.target_id === id)
    return [
      ...tasks.map((one) => ({ type: 'task', id: one.id })),
      ...links.map((one) => ({ type: 'link', id: one.id })),
    ]
  }

  #restore({ type, id }: Extract<Operation, { op: 'restore' }>): StoredRecord {
    const head = this.#draft.get(`${type}\0${id}`)
    if (head === undefined) throw new Refused('NOT_FOUND')
    if (head.record !== undefined) throw new Refused('ALREADY_EXISTS')
    return this.#checked(type, undefined, this.#set(type, id, { ...head.last, updated_at: this.#now }))
  }

  #found(type: string, id: string, expectedRev: number | undefined): StoredRecord {
    const record = this.#get(type, id)
    if (record === undefined) throw new Refused('NOT_FOUND')
    if (expectedRev !== undefined && expectedRev !== record.rev) throw new Refused('CONFLICT')
    return record
  }

  /** Refuses references that a write adds and that lead nowhere. */
  #checked(type: string, before: StoredRecord | undefined, after: StoredRecord | undefined): StoredRecord {
    if (after === undefined) throw new Error('a put leaves a record')
    for (const [target, id, isNew] of referencesOf(type, before, after))
      if (isNew && !(target === type && id === after.id) && this.#get(target, id) === undefined)
        throw new Refused('INVALID_REFERENCE')
    return after
  }
}

/** As JSON carries it: -0 becomes 0. */
function asLogged(ops: readonly Operation[]): readonly Operation[] {
  return JSON.parse(JSON.stringify(ops))
}

type Referring = readonly [target: string, id: string, isNew: boolean]

function referencesOf(type: string, before: StoredRecord | undefined, after: StoredRecord): Referring[] {
  if (type === 'link') {
    const moved = before?.target_type !== after.target_type || before?.target_id !== after.target_id
    return [[String(after.target_type), String(after.target_id), moved]]
  }
  if (type !== 'task') return []
  const found: Referring[] = []
  if (typeof after.plan_id === 'string') found.push(['plan', after.plan_id, before?.plan_id !== after.plan_id])
  if (typeof after.parent === 'string') found.push(['task', after.parent, before?.parent !== after.parent])
  const former = Array.isArray(before?.after) ? before.after : []
  for (const id of Array.isArray(after.after) ? after.after : []) found.push(['task', id, !former.includes(id)])
  return found
}

function checkFields(type: string, fields: JsonObject): void {
  if (type === 'plan' && fields.name !== undefined && typeof fields.name !== 'string') throw new Refused('INVALID')
  if (type !== 'task') return
  for (const [field, kind] of Object.entries(kinds)) {
    if (fields[field] !== undefined && typeof fields[field] !== kind) throw new Refused('INVALID')
  }
}

function liveOf(heads: ReadonlyMap<string, Head>, type: string): StoredRecord[] {
  const found: StoredRecord[] = []
  for (const [key, { record }] of heads) if (record !== undefined && key.startsWith(`${type}\0`)) found.push(record)
  return found.sort((left, right) => (left.id < right.id ? -1 : 1))
}
