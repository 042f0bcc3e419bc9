import type { Entity, Explanation, Index, Operators, PlanNode, Query, Where } from '@stateward/contract'
import { compileOrder } from '../values/order.ts'
import { type Choice, choicesOf } from './choices.ts'
import { comparePosition, decodeCursor, type Position } from './cursor.ts'
import { coverage } from './estimates.ts'
import { type Conjunct, type Facts, factsOf } from './facts.ts'
import { heldBeside } from './held-fields.ts'
import { andWhere } from './merge-where.ts'
import type { HeldField, Plan } from './plan.ts'
import { compilePredicate, isTrivial, type Predicate } from './predicate.ts'

/**
 * Decides how a checked query is answered: by the way that is expected to touch the fewest records among the ids it
 * names, a lookup in each index that its conditions fit, a scan of an index that has the order asked for (cheap when a
 * limit ends it early), and a scan of everything. `indexes` are those that may be trusted now, `records` is the number of
 * live records of the type. An `or` is answered by an index when all its branches hold one field to certain values.
 *
 * Throws `INVALID` when the cursor is damaged or belongs to another query. O(indexes × conditions) and one `estimate`
 * per question that an index fits.
 */
export function planQuery(query: Query, entity: Entity, indexes: readonly Index[], records: number): Plan {
  const { where, orderBy, limit } = query
  const after = query.cursor === undefined ? undefined : decodeCursor(query, query.cursor, entity)
  const facts = factsOf(where, entity)
  const choices = choicesOf({ facts, entity, orderBy, limit, after, indexes, records })
  const choice = facts.impossible ? impossible : cheapest(choices.all)
  const held = heldBeside(choice.access, facts, entity)
  const estimatedRows = facts.impossible ? 0 : Math.round(Math.min(choices.matches, choice.rows))
  return {
    access: choice.access,
    inOrder: choice.inOrder,
    predicate: predicateOf(query, entity, after),
    held,
    compare: compileOrder(orderBy, entity),
    limit,
    after,
    estimatedRows,
    explanation: { ...explain(choice, facts, estimatedRows, records), ...fingerprintsOf(held) },
    isRight: choice.isRight,
  }
}

const impossible: Choice = {
  access: { kind: 'empty' },
  inOrder: true,
  rows: 0,
  cost: 0,
  covers: () => 'wholly',
  isRight: () => true,
}

function cheapest(choices: readonly Choice[]): Choice {
  return choices.reduce((best, choice) => (choice.cost < best.cost ? choice : best), choices[0] ?? impossible)
}

function predicateOf(query: Query, entity: Entity, after: Position | undefined): Predicate | undefined {
  const matches = isTrivial(query.where) ? undefined : compilePredicate(query.where, entity)
  if (after === undefined) return matches
  const place = comparePosition(query.orderBy, after, entity)
  if (matches === undefined) return (record) => place(record) > 0
  return (record) => place(record) > 0 && matches(record)
}

function fingerprintsOf(held: readonly HeldField[]): Pick<Explanation, 'fingerprints'> {
  return held.length === 0 ? {} : { fingerprints: held.map(({ field }) => field) }
}

function explain(choice: Choice, facts: Facts, estimatedRows: number, records: number): Explanation {
  const plan = nodeOf(choice)
  const order = choice.rows <= 1 && choice.access.kind !== 'ordered' ? 'none' : choice.inOrder ? 'index' : 'sort'
  const left = facts.impossible ? [] : facts.conjuncts.filter((part) => coverage(part, choice.covers) !== 'wholly')
  const residual = residualOf(left)
  if (residual === undefined) return { plan, order, estimatedRows, records }
  return { plan, residual, order, estimatedRows, records }
}

/** One filter of several parts, conditions on one field side by side where they can be. */
function residualOf(parts: readonly Conjunct[]): Where | undefined {
  if (parts.length === 0) return undefined
  const fields = new Map<string, Operators>()
  let others: Where | undefined
  for (const { on, where } of parts) {
    if (on === undefined) {
      others = andWhere(others, where)
      continue
    }
    const known = fields.get(on.field)
    const operators = { [on.operator]: on.operand }
    if (known !== undefined && Object.hasOwn(known, on.operator)) others = andWhere(others, { [on.field]: operators })
    else fields.set(on.field, { ...known, ...operators })
  }
  if (fields.size === 0) return others
  return others === undefined ? Object.fromEntries(fields) : andWhere(Object.fromEntries(fields), others)
}

function nodeOf({ access, rows }: Choice): PlanNode {
  const estimatedRows = Math.round(rows)
  switch (access.kind) {
    case 'empty':
      return { kind: 'empty' }
    case 'ids':
      return { kind: 'id', ids: access.ids }
    case 'lookup':
      return { kind: 'lookup', index: access.index.name, estimatedRows }
    case 'ordered':
      return { kind: 'ordered', index: access.index.name, direction: access.direction, estimatedRows }
    case 'scan':
      return { kind: 'scan', estimatedRows }
    default:
      return access satisfies never
  }
}
