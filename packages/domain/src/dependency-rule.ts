import { type Rule, type RuleReader, type StoredRecord, sameValue, type Violation } from '@stateward/contract'
import { dependencyPath } from './dependency-path.ts'
import { firstFew } from './first-few.ts'
import { textsIn } from './texts-in.ts'

/**
 * Dependencies are specs of the same plan, each once, and never lead back to where they begin. Only what a write adds
 * is judged: one that was deleted since it was added may stay. A spec that moves to another plan must have no live
 * dependency and no dependent left in the former one. A restored spec is judged like a new one.
 *
 * Refuses with `INVALID_REFERENCE` and `details`: `{ cycle }`, ids of which each depends on the next and the last on
 * the first; or `{ field, id, reason }` with `reason` one of `duplicate`, `self`, `missing`, `other-plan`.
 */
export const dependencyRule: Rule = ({ before, after }, reader) => {
  if (after === undefined) return undefined
  const list = textsIn(after, 'dependencies')
  const former = new Set(before === undefined ? [] : textsIn(before, 'dependencies'))
  const added = list.filter((id) => !former.has(id))
  const changed = before === undefined || !sameValue(before.dependencies, after.dependencies)
  const moved = before === undefined || before.plan_id !== after.plan_id
  return (
    (changed ? twice(after, list) : undefined) ??
    first(added, (id) => unfit(after, id, reader)) ??
    (moved ? first(list, (id) => elsewhere(after, id, reader)) : undefined) ??
    (moved ? leftBehind(after, reader) : undefined) ??
    closed(after, added, reader)
  )
}

function first(ids: readonly string[], judge: (id: string) => Violation | undefined): Violation | undefined {
  for (const id of ids) {
    const violation = judge(id)
    if (violation !== undefined) return violation
  }
  return undefined
}

function twice(spec: StoredRecord, list: readonly string[]): Violation | undefined {
  const seen = new Set<string>()
  const id = list.find((candidate) => seen.size === seen.add(candidate).size)
  if (id === undefined) return undefined
  return refused(`spec ${spec.id} names the dependency ${id} more than once: name it once`, id, 'duplicate')
}

function unfit(spec: StoredRecord, id: string, reader: RuleReader): Violation | undefined {
  if (id === spec.id) return refused(`spec ${spec.id} cannot depend on itself`, id, 'self')
  if (reader.get('spec', id) === undefined) {
    return refused(`spec ${spec.id} cannot depend on ${id}: there is no such spec. Create it first`, id, 'missing')
  }
  return elsewhere(spec, id, reader)
}

function elsewhere(spec: StoredRecord, id: string, reader: RuleReader): Violation | undefined {
  const planId = reader.get('spec', id)?.plan_id
  if (planId === undefined || planId === spec.plan_id) return undefined
  const message = `spec ${spec.id} of plan ${spec.plan_id} cannot depend on ${id}, which is of plan ${planId}`
  return refused(`${message}: only specs of one plan may wait for each other`, id, 'other-plan')
}

function leftBehind(spec: StoredRecord, reader: RuleReader): Violation | undefined {
  const dependent = reader
    .referring('spec', 'dependencies', spec.id)
    .find((other) => other.id !== spec.id && other.plan_id !== spec.plan_id)
  if (dependent === undefined) return undefined
  return {
    code: 'INVALID_REFERENCE',
    message:
      `spec ${spec.id} cannot be in plan ${spec.plan_id}: spec ${dependent.id} of plan ${dependent.plan_id} ` +
      'depends on it. Take it out of the dependencies of that one first',
    details: { field: 'plan_id', id: dependent.id, reason: 'other-plan' },
  }
}

function closed(spec: StoredRecord, added: readonly string[], reader: RuleReader): Violation | undefined {
  const path = added.length === 0 ? undefined : dependencyPath(added, spec.id, reader)
  if (path === undefined) return undefined
  const cycle = [spec.id, ...path]
  return {
    code: 'INVALID_REFERENCE',
    message:
      `spec ${spec.id} cannot depend on ${path[0]}: that would be a cycle of ${cycle.length} specs, each waiting for ` +
      `the next (${firstFew(cycle)}). Take one of these dependencies out first`,
    details: { cycle },
  }
}

function refused(message: string, id: string, reason: string): Violation {
  return { code: 'INVALID_REFERENCE', message, details: { field: 'dependencies', id, reason } }
}
