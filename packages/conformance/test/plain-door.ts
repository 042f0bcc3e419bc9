import {
  type Entity,
  instantKey,
  type JsonObject,
  limits,
  type Query,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { conformanceDomain } from '../src/endpoint/conformance-domain.ts'

export function refuse(code: StatewardError['code'], message: string, details: JsonObject = {}): never {
  throw new StatewardError(code, message, { details })
}

export function entityOf(type: unknown): Entity {
  const entity = Object.entries(conformanceDomain.entities).find(([name]) => name === type)?.[1]
  return entity ?? refuse('INVALID', `no type ${String(type)}`)
}

export function checkId(id: unknown): string {
  if (typeof id !== 'string' || id === '') refuse('INVALID', `no id: ${String(id)}`)
  return id.length > limits.idChars ? refuse('TOO_LARGE', 'a long id') : id
}

export function checkList(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : refuse('INVALID', 'no list')
}

export function checkObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse('INVALID', 'no object')
  checkJson(value, 1)
  return JSON.parse(JSON.stringify(value, (_, one) => (Object.is(one, -0) ? 0 : one))) as JsonObject
}

export function checkTime(time: unknown): void {
  if (time === undefined) return
  if (typeof time !== 'string' || instantKey(time) === undefined) refuse('INVALID', `no date-time: ${String(time)}`)
}

export function checkWords({ actor = '', txid = '' }: { actor?: string; txid?: string }): void {
  if (actor.length > limits.actorChars || txid.length > limits.txidChars) refuse('TOO_LARGE', 'a long word')
}

function checkJson(value: unknown, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object') refuse('INVALID', `no JSON: ${typeof value}`)
  if (depth > limits.depth) refuse('INVALID', 'too deep')
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype) refuse('INVALID', 'no plain object')
  if (Object.keys(value).length > limits.keysPerObject) refuse('TOO_LARGE', 'too many keys')
  if (Object.keys(value).includes('__proto__')) refuse('INVALID', '__proto__')
  for (const item of Array.isArray(value) ? Array.from(value) : Object.values(value)) checkJson(item, depth + 1)
}

const operators = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'contains', 'prefix', 'exists']

export function checkQuery(query: Query): Entity {
  const entity = entityOf(query.type)
  const { limit = 1, orderBy = [], where = {} } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.queryRows) refuse('INVALID', `no limit: ${limit}`)
  for (const [field, direction] of checkList(orderBy) as [string, string][]) {
    checkField(entity, field)
    if (direction !== 'asc' && direction !== 'desc') refuse('INVALID', `no direction: ${direction}`)
  }
  checkWhere(entity, where, { nodes: 0 }, 0)
  return entity
}

export function checkField(entity: Entity, field: string): void {
  const system = ['id', 'rev', 'created_at', 'updated_at']
  if (entity.fields !== undefined && !entity.fields.has(field) && !system.includes(field))
    refuse('INVALID', `no field ${field}`)
}

function checkWhere(entity: Entity, where: unknown, seen: { nodes: number }, depth: number): void {
  if (typeof where !== 'object' || where === null || Array.isArray(where)) refuse('INVALID', 'no filter')
  seen.nodes += 1
  if (depth > limits.filterDepth || seen.nodes > limits.filterNodes) refuse('TOO_LARGE', 'too large a filter')
  for (const [key, condition] of Object.entries(where)) {
    if (key === 'and' || key === 'or') for (const one of checkList(condition)) checkWhere(entity, one, seen, depth + 1)
    else if (key === 'not') checkWhere(entity, condition, seen, depth + 1)
    else checkCondition(entity, key, condition)
  }
}

function checkCondition(entity: Entity, field: string, condition: unknown): void {
  checkField(entity, field)
  if (Array.isArray(condition)) refuse('INVALID', 'a list')
  if (typeof condition !== 'object' || condition === null) return
  for (const [operator, operand] of Object.entries(condition)) {
    if (!operators.includes(operator)) refuse('INVALID', `no operator ${operator}`)
    if (operator === 'in' && checkList(operand).length > limits.inValues) refuse('TOO_LARGE', 'a long list')
    if (operator === 'exists' && typeof operand !== 'boolean') refuse('INVALID', 'no boolean')
    if (operator === 'prefix' && typeof operand !== 'string') refuse('INVALID', 'no text')
    if (entity.times.has(field) && ['lt', 'lte', 'gt', 'gte'].includes(operator)) checkTime(operand)
  }
}

/** The last row of the page before, out of the cursor of this very query. */
export function cursorOf(cursor: string, query: object): StoredRecord {
  try {
    const [own, last] = JSON.parse(Buffer.from(cursor, 'base64').toString())
    if (JSON.stringify(own) === JSON.stringify(query)) return last
  } catch {
    // A cursor that does not parse is as wrong as one of another query.
  }
  return refuse('INVALID', 'no cursor of this query')
}
