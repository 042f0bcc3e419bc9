import { type Deleted, type Entity, StatewardError, type StoredRecord } from '@stateward/contract'
import { checking, type Deciding } from './deciding.ts'
import { found } from './found.ts'
import { dependentsOf } from './references.ts'
import { checkRules } from './rules.ts'
import type { DeleteStep } from './step.ts'

interface Removal {
  readonly type: string
  readonly entity: Entity
  readonly before: StoredRecord
}

/**
 * Takes a deletion into the draft, and with `cascade` that of every record that holds on to it, and so on. A loop and
 * not a recursion, because a chain of records may be longer than the stack.
 */
export function remove(step: DeleteStep, deciding: Deciding): Deleted {
  const { domain, draft, atEnd } = deciding
  const { type, id, entity } = step
  const first: Removal = { type, entity, before: found(step, draft, step.expectedRev) }
  const waiting = [first]
  const removed: Removal[] = []
  // The loop goes on to what is pushed meanwhile.
  for (const one of waiting) {
    // Who holds on by several ways waits several times.
    if (draft.get(one.type, one.before.id) === undefined) continue
    const dependents = dependentsOf(domain, one.type, one.before.id, draft)
    if (dependents.length > 0 && !step.cascade && atEnd === undefined) throw restricted(one, dependents)
    draft.remove(one.type, one.before.id)
    removed.push(one)
    if (!step.cascade) continue
    for (const { type: other, record } of dependents) {
      const dependentEntity = domain.entities[other]
      if (dependentEntity !== undefined) waiting.push({ type: other, entity: dependentEntity, before: record })
    }
  }
  checking(deciding, () => {
    for (const one of removed) {
      const left = atEnd === undefined ? [] : dependentsOf(domain, one.type, one.before.id, draft)
      if (left.length > 0) throw restricted(one, left)
      checkRules(one.entity, { type: one.type, before: one.before, after: undefined }, draft)
    }
  })
  return Object.freeze({ id, rev: draft.nextRev(type, id) })
}

function restricted(
  { type, before: { id } }: Removal,
  dependents: readonly { readonly type: string; readonly record: StoredRecord }[],
): StatewardError {
  const shown = dependents.slice(0, 20).map((one) => ({ type: one.type, id: one.record.id }))
  return new StatewardError(
    'RESTRICTED',
    `expected no record that refers to ${type} ${id}, found ${dependents.length}, such as ${shown[0]?.type} ${shown[0]?.id}; delete them first, or ask to cascade`,
    { details: { type, id, count: dependents.length, dependents: shown } },
  )
}
