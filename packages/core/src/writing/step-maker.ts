import {
  type CreateAsk,
  type CursorOperation,
  type DeleteAsk,
  type Entity,
  type JsonObject,
  type JsonValue,
  limits,
  type Operation,
  type Protocol,
  type RestoreAsk,
  type SchemaResult,
  StatewardError,
  type UpdateAsk,
  type WriteOptions,
} from '@stateward/contract'
import { cursorStep } from '../deciding/cursor-steps.ts'
import { askSchema, isSlow, SchemaChecks, systemFields, throwIssues } from '../deciding/schema-check.ts'
import type { CreateStep, DeleteStep, Forcing, RestoreStep, Step, UpdateStep } from '../deciding/step.ts'
import type { WriteKind } from '../deciding/write.ts'
import { nothing } from '../records/fold.ts'
import {
  checkedEntity,
  checkedGuard,
  checkedId,
  checkedIds,
  checkedRev,
  checkKeys,
  invalid,
} from '../validation/check.ts'
import { checkedTime } from '../validation/checked-time.ts'
import { describe, frozenApart, frozenValue } from '../validation/frozen-json.ts'
import { inRow } from '../validation/in-row.ts'
import type { DoorOptions } from './door-options.ts'
import { isUuidv7 } from './ids.ts'

type AnyOperation = Operation | CursorOperation

const unchangingFields: ReadonlySet<string> = new Set(['id', 'rev'])
const guardKeys = ['force', 'reason', 'cascade'] as const
const updateRowKeys = new Set(['id', 'changes', 'unset', 'expectedRev'])
const operationKeys: { readonly [Op in AnyOperation['op']]: ReadonlySet<string> } = {
  create: new Set(['op', 'type', 'data']),
  update: new Set(['op', 'type', 'id', 'changes', 'unset', 'expectedRev', ...guardKeys]),
  delete: new Set(['op', 'type', 'id', 'expectedRev', ...guardKeys]),
  restore: new Set(['op', 'type', 'id']),
  takeCursor: new Set(['op', 'cursor', 'since']),
  ack: new Set(['op', 'cursor', 'token', 'seq', 'at']),
  dropCursor: new Set(['op', 'cursor', 'token']),
}

/** Makes checked steps of one message; holds what is to be known of all of them together. */
export class StepMaker {
  readonly checks: SchemaChecks = new SchemaChecks()
  readonly waits: Promise<void>[] = []
  readonly reasons: string[] = []
  readonly #options: DoorOptions

  constructor(options: DoorOptions) {
    this.#options = options
  }

  steps(kind: WriteKind, body: Protocol[WriteKind]['ask']): Step[] {
    switch (kind) {
      case 'create':
        return [this.#create(body as CreateAsk)]
      case 'update':
        return [this.#update(body as UpdateAsk)]
      case 'delete':
        return [this.#delete(body as DeleteAsk)]
      case 'restore':
        return [this.#restore(body as RestoreAsk)]
      case 'createMany': {
        const { type, rows } = body as Protocol['createMany']['ask']
        return Array.from(list('rows', rows), (data, at) =>
          inRow(at, () => this.#create({ type, data: data as JsonObject })),
        )
      }
      case 'updateMany': {
        const { type, updates, ...rest } = body as Protocol['updateMany']['ask']
        return Array.from(list('updates', updates), (row, at) =>
          inRow(at, () => this.#update({ ...withoutStrangers(row, updateRowKeys), ...rest, type } as UpdateAsk)),
        )
      }
      case 'deleteMany': {
        const { type, ids, ...rest } = body as Protocol['deleteMany']['ask']
        return checkedIds(ids).map((id, at) => inRow(at, () => this.#delete({ ...rest, type, id })))
      }
      case 'transact': {
        const { operations } = body as Protocol['transact']['ask']
        return Array.from(list('operations', operations), (one, at) => inRow(at, () => this.#operation(one)))
      }
      case 'command':
        // What it will do is decided when its turn has come.
        return []
      default:
        return kind satisfies never
    }
  }

  #operation(given: unknown): Step {
    if (typeof given !== 'object' || given === null) throw invalid(`expected an operation, found ${describe(given)}`)
    const op: unknown = 'op' in given ? given.op : undefined
    if (!isOp(op)) throw invalid(`expected op to be ${Object.keys(operationKeys).join(', ')}, found ${describe(op)}`)
    // The keys are those of this operation; what they hold is checked below, as in a message of its own.
    const operation = { ...withoutStrangers(given, operationKeys[op]), op } as AnyOperation
    switch (operation.op) {
      case 'create':
        return this.#create(operation)
      case 'update':
        return this.#update(operation)
      case 'delete':
        return this.#delete(operation)
      case 'restore':
        return this.#restore(operation)
      case 'takeCursor':
      case 'ack':
      case 'dropCursor':
        return cursorStep(operation, this.#options)
      default:
        return operation satisfies never
    }
  }

  #create({ type, data }: Pick<CreateAsk, 'type' | 'data'>): CreateStep {
    const entity = checkedEntity(this.#options.domain, type)
    const { rest: given, aside } = frozenApart(data, 'data', systemFields)
    const { id: givenId, rev, created_at, updated_at } = aside
    if (rev !== undefined) throw invalid('expected no rev in data, found one; the store counts versions')
    const id = this.#idFor(type, entity, givenId)
    const status = entity.status
    const filled =
      status === undefined || Object.hasOwn(given, status.field)
        ? given
        : Object.freeze({ ...nothing, ...given, [status.field]: status.initial })
    const step: { -readonly [K in keyof CreateStep]: CreateStep[K] } = {
      op: 'create',
      idMade: givenId === undefined,
      type,
      entity,
      id,
      fields: filled,
      createdAt: checkedTime('created_at', created_at),
      updatedAt: checkedTime('updated_at', updated_at),
    }
    const result = askSchema(entity, filled)
    const answered = (settled: SchemaResult<unknown>): void => {
      throwIssues(type, settled)
      step.fields = withDefaults(filled, settled.value)
    }
    if (result instanceof Promise) this.#await(result.then(answered))
    else answered(result)
    return step
  }

  #idFor(type: string, entity: Entity, given: JsonValue | undefined): string {
    if (given === undefined && entity.id === 'uuidv7') return this.#options.makeId()
    if (given === undefined) throw invalid(`expected data.id, found none; the ids of ${type} are given by the caller`)
    const id = checkedId(given)
    if (entity.id === 'uuidv7' && !isUuidv7(id))
      throw invalid(
        `expected data.id of a ${type} to be a UUIDv7 in lower case, found ${describe(id)}; leave it out and the store makes one`,
      )
    return id
  }

  #update(ask: Omit<UpdateAsk, keyof WriteOptions>): UpdateStep {
    const entity = checkedEntity(this.#options.domain, ask.type)
    const { rest: fields, aside } = frozenApart(ask.changes, 'changes', unchangingFields)
    for (const field in aside) {
      if (!(field === 'id' && aside.id === ask.id))
        throw invalid(`expected no ${field} in changes, found one; it never changes by an update`)
    }
    checkedTime('created_at', fields.created_at)
    checkedTime('updated_at', fields.updated_at)
    const unset = this.#unset(ask.unset, fields)
    const id = checkedId(ask.id)
    if (isSlow(entity)) this.#askAhead(ask.type, entity, id, fields, unset)
    return {
      op: 'update',
      type: ask.type,
      entity,
      id,
      changes: fields,
      unset,
      expectedRev: checkedRev(ask),
      ...this.#forcing(ask),
    }
  }

  #askAhead(type: string, entity: Entity, id: string, changes: JsonObject, unset: readonly string[]): void {
    const before = this.#options.peek(type, id)
    if (before === undefined) return
    const { id: _, rev: __, created_at: ___, updated_at: ____, ...merged } = { ...before, ...changes }
    const fields = Object.fromEntries(Object.entries(merged).filter(([field]) => !unset.includes(field)))
    this.#await(this.checks.ahead(type, entity, fields))
  }

  #await(check: Promise<void>): void {
    // Another row may be refused before anybody waits for this one.
    check.catch(() => undefined)
    this.waits.push(check)
  }

  #unset(unset: unknown, changes: JsonObject): readonly string[] {
    if (unset === undefined) return []
    const fields = new Set<string>()
    for (const field of list('unset', unset)) {
      if (typeof field !== 'string' || field === '' || systemFields.has(field) || Object.hasOwn(changes, field)) {
        throw invalid(
          `expected unset to list fields that are neither the system's nor in changes, found ${describe(field)}`,
        )
      }
      fields.add(field)
    }
    return [...fields]
  }

  #delete(ask: Omit<DeleteAsk, keyof WriteOptions>): DeleteStep {
    const entity = checkedEntity(this.#options.domain, ask.type)
    return {
      op: 'delete',
      type: ask.type,
      entity,
      id: checkedId(ask.id),
      expectedRev: checkedRev(ask),
      ...this.#forcing(ask),
    }
  }

  #restore({ type, id }: Pick<RestoreAsk, 'type' | 'id'>): RestoreStep {
    return { op: 'restore', type, entity: checkedEntity(this.#options.domain, type), id: checkedId(id) }
  }

  #forcing(ask: Parameters<typeof checkedGuard>[0]): Forcing {
    const { force, cascade, reason } = checkedGuard(ask)
    if (reason !== undefined) this.reasons.push(reason)
    return { force, cascade }
  }
}

/** Top-level keys that the schema fills in; what the caller gave stands as it was given. */
function withDefaults(given: JsonObject, output: unknown): JsonObject {
  if (typeof output !== 'object' || output === null) return given
  let filled: Record<string, JsonValue | undefined> | undefined
  for (const field of Object.keys(output)) {
    if (Object.hasOwn(given, field) || systemFields.has(field)) continue
    const value: unknown = Reflect.get(output, field)
    if (value === undefined) continue
    filled ??= { ...nothing, ...given }
    filled[field] = frozenValue(value, `the schema's default of ${field}`)
  }
  return filled ?? given
}

function isOp(op: unknown): op is AnyOperation['op'] {
  return typeof op === 'string' && Object.hasOwn(operationKeys, op)
}

function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`expected ${name} to be a list, found ${describe(value)}`)
  if (value.length > limits.queryRows)
    throw new StatewardError('TOO_LARGE', `expected at most ${limits.queryRows} ${name}, found ${value.length}`)
  return value
}

function withoutStrangers(row: unknown, known: ReadonlySet<string>): object {
  if (typeof row !== 'object' || row === null) throw invalid(`expected an object, found ${describe(row)}`)
  checkKeys(row, known, 'it')
  // Read once, because a getter may answer differently the second time.
  return { ...row }
}
