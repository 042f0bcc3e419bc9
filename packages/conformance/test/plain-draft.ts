import {
  type Change,
  compareValues,
  type Deleted,
  type Entity,
  type GuardOptions,
  type JsonObject,
  type Operation,
  type RuleReader,
  type StoredRecord,
} from '@stateward/contract'
import { conformanceDomain } from '../src/endpoint/conformance-domain.ts'
import { checkId, checkObject, checkTime, entityOf, refuse } from './plain-door.ts'
import { plainUnique, shareKey } from './plain-unique.ts'

/** What is known of one id: its rev, the record while it lives, and what it was last. */
export interface Life {
  readonly type: string
  readonly rev: number
  readonly record: StoredRecord | undefined
  readonly last: StoredRecord
}

export type Lives = ReadonlyMap<string, Life>

export function keyOf(type: string, id: string): string {
  return `${type} ${id}`
}

let made = 0

/** One commit while it is being decided, on a copy of everything. What is broken on purpose is derived from it. */
export class PlainDraft implements RuleReader {
  readonly lives: Map<string, Life>
  readonly before: Lives
  readonly touched: Set<string> = new Set()
  readonly now: string = new Date().toISOString()

  constructor(before: Lives) {
    this.before = before
    this.lives = new Map(before)
  }

  get(type: string, id: string): StoredRecord | undefined {
    return this.lives.get(keyOf(type, id))?.record
  }

  referring(type: string, field: string, id: string): StoredRecord[] {
    const records = [...this.lives.values()].flatMap((life) => (life.type === type ? (life.record ?? []) : []))
    return records.filter((record) => [record[field]].flat().includes(id))
  }

  /** Looks at what is unique, of everything that was written up to this row. */
  checkUnique(row?: number): void {
    for (const type of Object.keys(conformanceDomain.entities)) {
      const all = [...this.lives.values()].filter((life) => life.type === type)
      const written = [...this.touched].flatMap(
        (key) => all.find((life) => keyOf(type, life.last.id) === key)?.record ?? [],
      )
      const found = plainUnique(
        entityOf(type),
        written,
        all.flatMap((life) => this.counted(life) ?? []),
        this.share,
      )
      if (found) refuse('ALREADY_EXISTS', 'another holds it', { ...found, ...(row !== undefined && { row }) })
    }
  }

  share: typeof shareKey = shareKey

  counted({ record }: Life): StoredRecord | undefined {
    return record
  }

  changes(): Change[] {
    return [...this.touched].flatMap((key): Change[] => {
      const { last, record, rev, type } = this.lives.get(key) ?? refuse('INVALID', 'a change of nothing')
      if (record === undefined) return [{ op: 'delete', type, id: last.id, rev }]
      const { rev: _, ...data } = record
      return [{ op: 'put', type, id: last.id, rev, data }]
    })
  }

  async step(operation: Operation): Promise<StoredRecord | Deleted> {
    const entity = entityOf(operation.type)
    switch (operation.op) {
      case 'create':
        return this.create(operation.type, entity, checkObject(operation.data))
      case 'update':
        return this.update(operation)
      case 'delete':
        return this.remove(operation)
      case 'restore':
        return this.restore(operation.type, checkId(operation.id))
      default:
        return refuse('INVALID', 'no operation')
    }
  }

  async create(type: string, entity: Entity, data: JsonObject): Promise<StoredRecord> {
    checkTime(data.created_at)
    checkTime(data.updated_at)
    made += 1
    const makes = data.id === undefined && entity.id === 'uuidv7'
    const id = makes ? `01890000-0000-7000-8000-${made.toString(16).padStart(12, '0')}` : checkId(data.id)
    if (entity.id === 'uuidv7' && !/^[0-9a-f-]{36}$/.test(id)) refuse('INVALID', 'no UUID')
    const status = entity.status && { [entity.status.field]: entity.status.initial }
    const { created_at: _, updated_at: __, ...own } = { ...status, ...data }
    const fields: JsonObject = { ...(await this.fitting(entity, own)), id }
    const there = this.lives.get(keyOf(type, id))
    if (there?.record !== undefined) {
      const { created_at, rev, updated_at, ...known } = there.record
      const same = compareValues({ ...fields, created_at, updated_at }, { ...known, created_at, updated_at }) === 0
      return same ? there.record : refuse('ALREADY_EXISTS', `there already, at rev ${rev}`)
    }
    if (there !== undefined && entity.id === 'uuidv7') refuse('ALREADY_EXISTS', 'deleted')
    return this.put(type, undefined, { created_at: this.now, updated_at: this.now, ...data, ...fields })
  }

  async update(operation: Extract<Operation, { op: 'update' }>): Promise<StoredRecord> {
    const { expectedRev, id, type, unset = [] } = operation
    const changes = checkObject(operation.changes)
    if (changes.rev !== undefined || (changes.id ?? id) !== id || !Array.isArray(unset))
      refuse('INVALID', 'never changes')
    const before = this.found(type, id, expectedRev)
    const after: Record<string, JsonObject[string]> = { ...before, ...changes }
    for (const field of unset) delete after[field]
    if (compareValues(after, before) === 0) return before
    const entity = entityOf(type)
    const { created_at, id: _, rev: __, updated_at, ...own } = after
    await this.fitting(entity, own)
    this.checkTransition(entity, before, after)
    const record = this.put(type, before, { ...after, updated_at: changes.updated_at ?? this.now })
    await this.guard(operation, before, record)
    return this.get(type, id) ?? record
  }

  remove({ cascade, expectedRev, id, type }: Extract<Operation, { op: 'delete' }>): Deleted {
    const before = this.found(type, checkId(id), expectedRev)
    const dependents = Object.keys(conformanceDomain.entities).flatMap((other) => this.dependents(other, type, id))
    if (dependents.length > 0 && cascade !== true) refuse('RESTRICTED', 'others refer to it')
    const rev = this.nextRev(type, id)
    this.set(type, { rev, type, record: undefined, last: before })
    for (const dependent of dependents) {
      if (this.get(dependent.type, dependent.id)) this.remove({ op: 'delete', ...dependent, cascade: true })
    }
    return { id, rev }
  }

  restore(type: string, id: string): StoredRecord {
    const life = this.lives.get(keyOf(type, id)) ?? refuse('NOT_FOUND', 'never there')
    if (life.record !== undefined) refuse('ALREADY_EXISTS', 'not deleted')
    return this.put(type, undefined, { ...life.last, updated_at: this.now })
  }

  found(type: string, id: string, expectedRev?: number): StoredRecord {
    const record = this.get(type, id) ?? refuse('NOT_FOUND', `no ${type} ${id}`)
    if (expectedRev !== undefined && !Number.isInteger(expectedRev)) refuse('INVALID', 'no rev')
    if (expectedRev !== undefined && expectedRev !== record.rev) refuse('CONFLICT', 'stale', { currentRev: record.rev })
    return record
  }

  async fitting(entity: Entity, fields: JsonObject): Promise<JsonObject> {
    const result = await entity.schema['~standard'].validate(fields)
    if (result.issues === undefined) return result.value as JsonObject
    const found = result.issues.map(({ message, path = [] }) => `${path.join('.')}: ${message}`)
    return refuse('INVALID', found.join('; '))
  }

  checkTransition({ status }: Entity, before: StoredRecord, after: JsonObject): void {
    if (status === undefined) return
    const from = String(before[status.field])
    const to = String(after[status.field])
    const allowed = status.transitions[from] ?? []
    if (from !== to && !allowed.includes(to)) refuse('ILLEGAL_TRANSITION', `${from} to ${to}`, { from, to, allowed })
  }

  async guard(operation: GuardOptions & { type: string }, before: StoredRecord, after: StoredRecord): Promise<void> {
    const { cascade, force, reason, type } = operation
    if (force === true && reason === undefined) refuse('INVALID', 'no reason')
    if (force === true) return
    const subject = { type, before, after }
    for (const one of entityOf(type).guards) {
      const violation = one.check(subject, this)
      if (violation === undefined) continue
      if (cascade !== true) refuse(violation.code, violation.message, violation.details as JsonObject)
      for (const further of one.cascade?.(subject, this) ?? [])
        await this.update({ op: 'update', ...further, cascade: true })
    }
  }

  put(type: string, before: StoredRecord | undefined, fields: JsonObject): StoredRecord {
    const entity = entityOf(type)
    const record = deepFreeze({ ...fields, rev: this.nextRev(type, String(fields.id)) }) as StoredRecord
    this.checkReferences(type, before, record)
    for (const rule of entity.rules) {
      const violation = rule({ type, before, after: record }, this)
      if (violation !== undefined) refuse(violation.code, violation.message, violation.details as JsonObject)
    }
    this.set(type, { rev: record.rev, type, record, last: record })
    return record
  }

  set(type: string, life: Life): void {
    this.lives.set(keyOf(type, life.last.id), life)
    this.touched.add(keyOf(type, life.last.id))
  }

  /** However often a commit touches a record, it makes one version. */
  nextRev(type: string, id: string): number {
    return (this.before.get(keyOf(type, id))?.rev ?? 0) + 1
  }

  checkReferences(type: string, before: StoredRecord | undefined, after: StoredRecord): void {
    for (const [field, { to }] of Object.entries(entityOf(type).refs)) {
      const target = typeof to === 'string' ? to : to.types.find((one) => one === after[to.typeField])
      const known = [before?.[field]].flat()
      for (const id of [after[field]].flat()) {
        if (typeof id !== 'string' || known.includes(id) || (target === type && id === after.id)) continue
        if (target === undefined || this.get(target, id) === undefined)
          refuse('INVALID_REFERENCE', `no ${target} ${id}`)
      }
    }
  }

  dependents(other: string, type: string, id: string): { type: string; id: string }[] {
    return Object.entries(entityOf(other).refs).flatMap(([field, { onDelete, to }]) => {
      if (onDelete === 'keep') return []
      const records = this.referring(other, field, id).filter((record) => !(other === type && record.id === id))
      const meant = records.filter((record) => (typeof to === 'string' ? to : record[to.typeField]) === type)
      return meant.map((record) => ({ type: other, id: record.id }))
    })
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const item of Object.values(Object.freeze(value))) deepFreeze(item)
  return value
}
