import {
  compareValues,
  type Deleted,
  type Domain,
  type JsonObject,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import type { Draft } from './draft.ts'
import { checkReferences, dependentsOf } from './references.ts'
import { checkRules } from './rules.ts'
import type { SchemaChecks } from './schema-check.ts'
import type { CreateStep, DeleteStep, RestoreStep, Step, UpdateStep } from './step.ts'
import { checkTransition } from './transition.ts'

/** What a decision may use beside its draft. */
export interface Deciding {
  readonly domain: Domain
  readonly draft: Draft
  readonly checks: SchemaChecks
  /** The last version before the deletion of a record that is to be restored. */
  readonly lastVersion: (type: string, id: string) => StoredRecord
}

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
  checkTransition(type, entity, before, after)
  checkReferences(deciding.domain, subject, draft)
  checkRules(entity, subject, draft)
  guard(step, subject, deciding)
  return draft.get(type, step.id) ?? after
}

/** The changes that differ from what is there; `undefined` when none does. */
function effective({ changes }: UpdateStep, before: StoredRecord): JsonObject | undefined {
  const differing = Object.entries(changes).filter(([field, value]) => compareValues(value, before[field]) !== 0)
  return differing.length === 0 ? undefined : Object.fromEntries(differing)
}

function guard(
  step: UpdateStep,
  subject: { type: string; before: StoredRecord; after: StoredRecord },
  deciding: Deciding,
): void {
  if (step.force) return
  const { draft, domain } = deciding
  for (const { check, cascade } of step.entity.guards) {
    const violation = check(subject, draft)
    if (violation === undefined) continue
    if (!step.cascade || cascade === undefined)
      throw new StatewardError(violation.code, violation.message, { details: violation.details ?? {} })
    for (const further of cascade(subject, draft)) {
      const entity = domain.entities[further.type]
      if (entity === undefined) continue
      update(
        {
          op: 'update',
          type: further.type,
          entity,
          id: further.id,
          changes: further.changes,
          unset: [],
          expectedRev: undefined,
          force: false,
          cascade: true,
        },
        deciding,
      )
    }
    const still = check(subject, draft)
    if (still !== undefined) throw new StatewardError(still.code, still.message, { details: still.details ?? {} })
  }
}

function remove(step: DeleteStep, deciding: Deciding): Deleted {
  const { type, id, entity } = step
  const { draft, domain } = deciding
  const before = found(step, draft, step.expectedRev)
  const dependents = dependentsOf(domain, type, id, draft)
  if (dependents.length > 0 && !step.cascade) {
    const shown = dependents.slice(0, 20).map((one) => ({ type: one.type, id: one.record.id }))
    throw new StatewardError(
      'RESTRICTED',
      `expected no record that refers to ${type} ${id}, found ${dependents.length}, such as ${shown[0]?.type} ${shown[0]?.id}; delete them first, or ask to cascade`,
      {
        details: { type, id, count: dependents.length, dependents: shown },
      },
    )
  }
  const rev = draft.remove(type, id)
  for (const dependent of dependents) {
    const dependentEntity = domain.entities[dependent.type]
    // An earlier cascade of this deletion may have taken it along already.
    if (dependentEntity === undefined || draft.get(dependent.type, dependent.record.id) === undefined) continue
    remove(
      {
        op: 'delete',
        type: dependent.type,
        entity: dependentEntity,
        id: dependent.record.id,
        expectedRev: undefined,
        force: step.force,
        cascade: true,
      },
      deciding,
    )
  }
  checkRules(entity, { type, before, after: undefined }, draft)
  return { id, rev }
}

function restore({ type, id, entity }: RestoreStep, deciding: Deciding): StoredRecord {
  const { draft } = deciding
  const head = draft.head(type, id)
  if (head === undefined) throw notFound(type, id)
  if (head.record !== undefined) {
    throw new StatewardError('ALREADY_EXISTS', `expected a deleted ${type} ${id}, found it alive (rev ${head.rev})`, {
      details: { type, id, currentRev: head.rev },
    })
  }
  const { rev: _, ...data } = deciding.lastVersion(type, id)
  const after = draft.put(type, id, { ...data, updated_at: draft.timestamp })
  checkReferences(deciding.domain, { type, before: undefined, after }, draft)
  checkRules(entity, { type, before: undefined, after }, draft)
  return after
}

function found(
  { type, id }: { type: string; id: string },
  draft: Draft,
  expectedRev: number | undefined,
): StoredRecord {
  const head = draft.head(type, id)
  if (head?.record === undefined) throw notFound(type, id)
  if (expectedRev !== undefined && expectedRev !== head.record.rev) {
    throw new StatewardError(
      'CONFLICT',
      `expected ${type} ${id} at rev ${expectedRev}, found rev ${head.record.rev}; read it again and decide anew`,
      {
        details: { type, id, expectedRev, currentRev: head.record.rev },
      },
    )
  }
  return head.record
}

function notFound(type: string, id: string): StatewardError {
  return new StatewardError(
    'NOT_FOUND',
    `expected a ${type} with the id ${JSON.stringify(id)}, found none; create it, or restore it if it was deleted`,
    { details: { type, id } },
  )
}
