import {
  type CascadeUpdate,
  compareValues,
  type Deleted,
  type JsonObject,
  type JsonValue,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { ownValue } from '../validation/own-value.ts'
import { ack, dropCursor, takeCursor } from './cursor-steps.ts'
import { checking, type Deciding } from './deciding.ts'
import { conflict, found, notFound } from './found.ts'
import { load } from './loading.ts'
import { checkReferences } from './references.ts'
import { remove } from './remove.ts'
import { checkRules, violated } from './rules.ts'
import type { CreateStep, RestoreStep, Step, UpdateStep } from './step.ts'
import { SubjectReader } from './subject-reader.ts'
import { checkInitialStatus, checkTransition } from './transition.ts'

/**
 * Takes one step into the draft and answers what the step leaves: the record, or the tombstone of a deletion.
 * Pure but for the draft. Throws the step's refusal, `ColdBodies` or `PendingCheck`.
 */
export function decide(step: Step, deciding: Deciding): StoredRecord | Deleted {
  switch (step.op) {
    case 'create':
      return create(step, deciding)
    case 'update':
      return update(step, deciding)
    case 'delete':
      return remove(step, deciding)
    case 'restore':
      return restore(step, deciding)
    case 'load':
      return load(step, deciding)
    case 'takeCursor':
      return takeCursor(step, deciding)
    case 'ack':
      return ack(step, deciding)
    case 'dropCursor':
      return dropCursor(step, deciding)
    default:
      return step satisfies never
  }
}

function create(step: CreateStep, deciding: Deciding): StoredRecord {
  const { type, id, entity } = step
  const { draft } = deciding
  const head = draft.head(type, id)
  if (head?.record !== undefined) return sameAgain(step, head.record)
  if (head !== undefined && entity.id === 'uuidv7') {
    throw new StatewardError(
      'ALREADY_EXISTS',
      `expected a new id for a ${type}, found ${id}, which was deleted; restore it, or let the store make an id`,
      { details: { type, id } },
    )
  }
  const created_at = step.createdAt ?? draft.timestamp
  const data = { id, ...step.fields, created_at, updated_at: step.updatedAt ?? draft.timestamp }
  const after = draft.put(type, id, data)
  checkInitialStatus(type, entity, after)
  checkReferences(deciding.domain, { type, before: undefined, after }, draft)
  checkRules(entity, { type, before: undefined, after }, draft)
  return after
}

/** A creation repeated with the same content is answered again; with other content it is refused. */
function sameAgain(step: CreateStep, record: StoredRecord): StoredRecord {
  const times = { created_at: step.createdAt ?? record.created_at, updated_at: step.updatedAt ?? record.updated_at }
  const wanted = { ...step.fields, id: step.id, rev: record.rev, ...times }
  if (compareValues(wanted, record) === 0) return record
  throw new StatewardError(
    'ALREADY_EXISTS',
    `expected no ${step.type} ${step.id}, found one with other content (rev ${record.rev}); update it instead`,
    {
      details: { type: step.type, id: step.id, currentRev: record.rev },
    },
  )
}

function update(step: UpdateStep, deciding: Deciding): StoredRecord {
  const { type, entity } = step
  const { draft } = deciding
  const before = found(step, draft, step.expectedRev)
  const changes = effective(step, before)
  const unset = step.unset.filter((field) => Object.hasOwn(before, field))
  if (changes === undefined && unset.length === 0) return before
  const stamped = { ...changes, updated_at: step.changes.updated_at ?? draft.timestamp }
  const after = draft.patch(before, type, stamped, unset)
  deciding.checks.require(type, entity, after)
  const subject = { type, before, after }
  if (step.isBack !== true) checkTransition(type, entity, before, after)
  checking(deciding, () => {
    checkReferences(deciding.domain, subject, draft)
    checkRules(entity, subject, draft)
    guard(step, subject, deciding)
  })
  return draft.get(type, step.id) ?? after
}

/** The changes that differ from what is there; `undefined` when none does. */
function effective({ changes }: UpdateStep, before: StoredRecord): JsonObject | undefined {
  let differing: Record<string, JsonValue | undefined> | undefined
  for (const field of Object.keys(changes)) {
    const value = changes[field]
    if (compareValues(value, ownValue(before, field)) === 0) continue
    differing ??= {}
    differing[field] = value
  }
  return differing
}

function guard(
  step: UpdateStep,
  subject: { type: string; before: StoredRecord; after: StoredRecord },
  deciding: Deciding,
): void {
  if (step.force) return
  const { draft } = deciding
  const view = new SubjectReader(draft, subject)
  for (const { check, cascade } of step.entity.guards) {
    const violation = check(subject, view)
    if (violation === undefined) continue
    if (!step.cascade || cascade === undefined) throw violated(violation)
    for (const further of cascade(subject, view)) cascaded(further, deciding)
    const still = check(subject, view)
    if (still !== undefined) throw violated(still)
  }
}

function cascaded({ type, id, changes }: CascadeUpdate, deciding: Deciding): void {
  const entity = deciding.domain.entities[type]
  if (entity === undefined) return
  const rest = { unset: [], expectedRev: undefined, force: false, cascade: true }
  update({ op: 'update', type, entity, id, changes, ...rest }, deciding)
}

function restore({ type, id, entity, expectedRev }: RestoreStep, deciding: Deciding): StoredRecord {
  const { draft } = deciding
  const head = draft.head(type, id)
  if (head === undefined) throw notFound(type, id)
  if (expectedRev !== undefined && head.rev !== expectedRev) throw conflict({ type, id }, expectedRev, head.rev)
  if (head.record !== undefined) {
    throw new StatewardError('ALREADY_EXISTS', `expected a deleted ${type} ${id}, found it alive (rev ${head.rev})`, {
      details: { type, id, currentRev: head.rev },
    })
  }
  const { rev: _, ...data } = draft.removed(type, id) ?? deciding.last(type, id)
  const after = draft.put(type, id, { ...data, updated_at: draft.timestamp })
  checking(deciding, () => {
    checkReferences(deciding.domain, { type, before: undefined, after }, draft)
    checkRules(entity, { type, before: undefined, after }, draft)
  })
  return after
}
